/// What a million tokens of a model cost.
public struct Price: Sendable, Hashable {
    public var rates: Rates
    /// For requests that are longer: then all of their tokens cost this.
    public var long: Long?

    /// What a million tokens of each kind cost.
    public struct Rates: Sendable, Hashable {
        public var input: Money
        public var cached: Money
        public var cacheWrite: Money
        public var output: Money

        /// - Parameters:
        ///   - cached: Of tokens that come from the service's cache; as much as others when nothing is said.
        ///   - cacheWrite: Of tokens that go into it; as much as others when nothing is said.
        public init(input: Money, cached: Money? = nil, cacheWrite: Money? = nil, output: Money) {
            self.input = input
            self.cached = cached ?? input
            self.cacheWrite = cacheWrite ?? input
            self.output = output
        }
    }

    public struct Long: Sendable, Hashable {
        /// Tokens read, up to which these rates do not hold.
        public var above: Int
        public var rates: Rates

        public init(above: Int, rates: Rates) {
            self.above = above
            self.rates = rates
        }
    }

    public init(_ rates: Rates, long: Long? = nil) {
        self.rates = rates
        self.long = long
    }

    public init(input: Money, cached: Money? = nil, cacheWrite: Money? = nil, output: Money) {
        self.init(Rates(input: input, cached: cached, cacheWrite: cacheWrite, output: output))
    }

    public func cost(of usage: Usage) -> Money {
        guard let long, usage.input > long.above else { return rates.cost(of: usage) }
        return long.rates.cost(of: usage)
    }

    /// What so many tokens may cost at most, wherever those that are read come from; of tokens read there may be less.
    public func most(of usage: Usage) -> Money {
        guard let long, usage.input > long.above else { return rates.most(of: usage) }
        return max(rates.most(of: usage), long.rates.most(of: usage))
    }
}

extension Price.Rates {
    fileprivate func cost(of usage: Usage) -> Money {
        let plain = usage.input.subtracting(usage.cached).subtracting(usage.cacheWrites)
        return input.forTokens(plain) + cached.forTokens(usage.cached) + cacheWrite.forTokens(usage.cacheWrites)
            + output.forTokens(usage.output)
    }

    fileprivate func most(of usage: Usage) -> Money {
        // Each of three parts is rounded up by itself, which together may be two billionths more than rounding their sum.
        let isWhole = [input, cached, cacheWrite].allSatisfy { $0.nanodollars.isMultiple(of: 1_000_000) }
        let rounding = Money(nanodollars: isWhole ? 0 : 2)
        return max(input, cached, cacheWrite).forTokens(usage.input) + output.forTokens(usage.output) + rounding
    }
}
