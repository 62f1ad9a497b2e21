// A schedule: what a program runs, as plain arrays. It has groups of nodes that are computed together, the values in
// memory and their places, and what to wait for. schedule/fuse.hpp makes the groups, schedule/order.hpp orders them,
// schedule/plan.hpp writes them down and schedule/layout.hpp lays out memory.
#pragma once

#include <hourglass/ir/static_graph.hpp>

HOURGLASS_BEGIN

enum class group_kind : int; // schedule/group_rules.hpp lists the kinds and their rules

// Where a value lies.
enum class storage_kind { uniform, fed, parameter, state, arena };

struct stored_value {
    int node = -1;
    storage_kind storage{};
    int name = -1; // of the fed symbol, parameter or state
    value_type type{};
    long offset = -1;                  // in the arena, in elements
    int first_use = -1, last_use = -1; // positions in the order; -1: none
};

// An operand of an instruction: an earlier instruction, a load, or a constant.
struct instruction_input {
    enum class source { instruction, load, constant } from{};
    int index = 0;
    double number = 0;
};

inline constexpr int max_dimensions = max_rank + 1;

struct group_load {
    int value = -1;
    bool tile = false;              // the product's own result, still in registers
    long strides[max_dimensions]{}; // plain arrays: each call of a std::array member is a step of constant evaluation
};
struct group_store {
    int instruction = -1;
    int value = -1;
};
struct instruction {
    const operation* op = nullptr;
    int node = -1;
    int first_input = 0, operand_count = 0; // as many operands as the operation takes
};

struct schedule_group {
    group_kind kind{};
    value_type domain{};
    int first_instruction = 0, instruction_count = 0;
    int first_load = 0, load_count = 0;
    int first_store = 0, store_count = 0;
    // The domain with neighbouring axes joined; extents[0] is multiplied by the rows if `domain.batched`.
    int dimensions = 0;
    long extents[max_dimensions]{};
    bool reduces = false; // some instructions are sums over the last dimension
    product_plan product{};
    int node = -1;               // of a group that one node makes: that node
    int operand = -1;            // the first of the values that it reads whole
    bool tail = false;           // serves updates only
    bool once = false;           // computed when the program is made: the same in every call
    bool wait_before = false;    // other threads made something it needs since the last wait
    std::uint64_t structure = 0; // equal for groups that one kernel can serve
    int representative = -1;     // the first group of the same structure
};

struct schedule_result {
    root_kind kind{};
    int name = -1;
    int value = -1;
};

struct schedule_sizes {
    int groups = 0, instructions = 0, instruction_inputs = 0, loads = 0, stores = 0, values = 0, results = 0,
        uniforms = 0, operands = 0, numbers = 0;

    constexpr bool hold(const schedule_sizes& other) const {
        return other.groups <= groups && other.instructions <= instructions &&
               other.instruction_inputs <= instruction_inputs && other.loads <= loads && other.stores <= stores &&
               other.values <= values && other.results <= results && other.uniforms <= uniforms &&
               other.operands <= operands && other.numbers <= numbers;
    }
};

struct schedule_view {
    slice_of<schedule_group> groups;
    slice_of<instruction> instructions;
    slice_of<instruction_input> instruction_inputs; // of consecutive instructions
    slice_of<group_load> loads;
    slice_of<group_store> stores;
    slice_of<stored_value> values;
    slice_of<schedule_result> results;
    slice_of<int> uniforms; // values computed before the groups run
    slice_of<int> operands; // values that groups read whole
    slice_of<int> numbers;  // nodes that are scalars of the call, in the order of computation
    long arena = 0;         // elements
    long arena_without_reuse = 0;
    double work_per_row = 0, work = 0; // floating-point operations, roughly

    constexpr schedule_sizes sizes() const {
        return {groups.size, instructions.size, instruction_inputs.size, loads.size,    stores.size,
                values.size, results.size,      uniforms.size,           operands.size, numbers.size};
    }
    constexpr const instruction_input& operand(const instruction& m, int i) const {
        return instruction_inputs[m.first_input + i];
    }
};

struct schedule_builder {
    list<schedule_group> groups;
    list<instruction> instructions;
    list<instruction_input> instruction_inputs;
    list<group_load> loads;
    list<group_store> stores;
    list<stored_value> values;
    list<schedule_result> results;
    list<int> uniforms;
    list<int> operands;
    list<int> numbers;
    long arena = 0, arena_without_reuse = 0;
    double work_per_row = 0, work = 0;

    constexpr schedule_view view() const {
        return {groups.view(),
                instructions.view(),
                instruction_inputs.view(),
                loads.view(),
                stores.view(),
                values.view(),
                results.view(),
                uniforms.view(),
                operands.view(),
                numbers.view(),
                arena,
                arena_without_reuse,
                work_per_row,
                work};
    }
};

template <schedule_sizes Room> struct frozen_schedule {
    schedule_sizes sizes{}; // the actual sizes; if they exceed the room, nothing was copied
    table<schedule_group, Room.groups> groups;
    table<instruction, Room.instructions> instructions;
    table<instruction_input, Room.instruction_inputs> instruction_inputs;
    table<group_load, Room.loads> loads;
    table<group_store, Room.stores> stores;
    table<stored_value, Room.values> values;
    table<schedule_result, Room.results> results;
    table<int, Room.uniforms> uniforms;
    table<int, Room.operands> operands;
    table<int, Room.numbers> numbers;
    long arena = 0, arena_without_reuse = 0;
    double work_per_row = 0, work = 0;

    constexpr explicit frozen_schedule(const schedule_view& s)
        : sizes(s.sizes()), groups(s.groups.when(Room.hold(sizes))),
          instructions(s.instructions.when(Room.hold(sizes))),
          instruction_inputs(s.instruction_inputs.when(Room.hold(sizes))), loads(s.loads.when(Room.hold(sizes))),
          stores(s.stores.when(Room.hold(sizes))), values(s.values.when(Room.hold(sizes))),
          results(s.results.when(Room.hold(sizes))), uniforms(s.uniforms.when(Room.hold(sizes))),
          operands(s.operands.when(Room.hold(sizes))), numbers(s.numbers.when(Room.hold(sizes))), arena(s.arena),
          arena_without_reuse(s.arena_without_reuse), work_per_row(s.work_per_row), work(s.work) {}
    constexpr schedule_view view() const {
        return {groups.first(sizes.groups),
                instructions.first(sizes.instructions),
                instruction_inputs.first(sizes.instruction_inputs),
                loads.first(sizes.loads),
                stores.first(sizes.stores),
                values.first(sizes.values),
                results.first(sizes.results),
                uniforms.first(sizes.uniforms),
                operands.first(sizes.operands),
                numbers.first(sizes.numbers),
                arena,
                arena_without_reuse,
                work_per_row,
                work};
    }
};

HOURGLASS_END
