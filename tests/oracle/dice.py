"""Random choices that are the same with every version of Python: SplitMix64 (Steele, Lea and Flood 2014)."""

MASK = (1 << 64) - 1


def mixed(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Dice:
    def __init__(self, seed):
        self.state = mixed(seed & MASK)

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        return mixed(self.state)

    def below(self, n):
        return (self.next() >> 11) % n

    def one_in(self, n):
        return self.below(n) == 0

    def pick(self, sequence):
        sequence = list(sequence)
        return sequence[self.below(len(sequence))]

    def between(self, first, last):
        return first + self.below(last - first + 1)

    def weighted(self, weights):
        """A key of a dict of integer weights."""
        at = self.below(sum(weights.values()))
        for key, weight in weights.items():
            if at < weight:
                return key
            at -= weight

    def shuffled(self, sequence):
        rest, result = list(sequence), []
        while rest:
            result.append(rest.pop(self.below(len(rest))))
        return result
