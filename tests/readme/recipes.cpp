// For the recipes of docs/recipes.md, each of which stands after the lines of the block before it that has no context.
// PREVIOUS
// BLOCK
