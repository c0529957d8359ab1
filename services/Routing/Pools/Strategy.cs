using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>What is known of a free agent when a contact of a queue is to be given to one.</summary>
/// <param name="OpenFromMs">The contact's age, in milliseconds, from which the agent may take it: the profile's delay or the ring that lets the agent in.</param>
/// <param name="Level">Sum of the agent's levels of the skills asked for.</param>
/// <param name="LastTurn">When the agent was given the last contact of this queue, in ticks; 0 for never.</param>
/// <param name="Queues">How many the agent has in the profile.</param>
/// <param name="Lot">What was drawn for it when it became idle, where the strategy draws; the least is chosen.</param>
internal readonly record struct AgentFacts(
    Guid Agent, DateTimeOffset IdleSince, long OpenFromMs, int Contacts, long TalkMs, int Level, int Tier, int Position, decimal WagePerHour, long LastTurn, int Queues = 1, long Lot = 0);

/// <summary>An agent's turn in a queue: the least one takes the next contact.</summary>
internal readonly record struct AgentTurn(long First, long Second, long IdleSince, Guid Agent) : IComparable<AgentTurn>
{
    public int CompareTo(AgentTurn other)
    {
        var order = First.CompareTo(other.First);
        order = order != 0 ? order : Second.CompareTo(other.Second);
        order = order != 0 ? order : IdleSince.CompareTo(other.IdleSince);
        return order != 0 ? order : Agent.CompareTo(other.Agent);
    }
}

/// <summary>
/// A queue's policy of choosing an agent: an order of the free ones that holds as long as they are idle, so that a sorted set keeps it and
/// nobody is compared again when a contact comes.
/// </summary>
internal abstract class Strategy
{
    private static readonly Strategy[] All =
        [new LongestIdle(), new RoundRobin(), new FewestContacts(), new LeastTalkTime(), new SkillLevel(), new Tiers(), new LastAgent(), new Cheapest(), new Linear(), new LeastCost(), new ByLot(), new RingAll()];

    public static Strategy Of(AgentStrategy name) => All[(int)name];

    public abstract AgentTurn TurnOf(in AgentFacts agent);

    private static AgentTurn By(in AgentFacts agent, long first, long second = 0) => new(first, second, agent.IdleSince.UtcTicks, agent.Agent);

    private sealed class LongestIdle : Strategy
    {
        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, 0);
    }

    private sealed class RoundRobin : Strategy
    {
        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, agent.LastTurn);
    }

    private sealed class FewestContacts : Strategy
    {
        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, agent.Contacts);
    }

    private sealed class LeastTalkTime : Strategy
    {
        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, agent.TalkMs);
    }

    private sealed class SkillLevel : Strategy
    {
        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, -agent.Level);
    }

    private sealed class Tiers : Strategy
    {
        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, agent.Tier, agent.Position);
    }

    /// <summary>The pool looks at the contact's last agent before it looks at this order.</summary>
    private sealed class LastAgent : Strategy
    {
        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, 0);
    }

    private sealed class Cheapest : Strategy
    {
        /// <summary>Wages are compared to the hundredth.</summary>
        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, (long)(agent.WagePerHour * 100));
    }

    /// <summary>An hour of an agent costs the wage, and more for each queue that has to do without meanwhile.</summary>
    private sealed class LeastCost : Strategy
    {
        private const decimal CostOfQueue = 2;

        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, (long)((agent.WagePerHour + (CostOfQueue * agent.Queues)) * 100));
    }

    /// <summary>What a lot means: <see cref="Lots"/>.</summary>
    private sealed class ByLot : Strategy
    {
        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, agent.Lot);
    }

    /// <summary>All are asked, as far as <see cref="RingRound.AgentsMax"/> goes: in that order.</summary>
    private sealed class RingAll : Strategy
    {
        public override AgentTurn TurnOf(in AgentFacts agent) => By(in agent, 0);
    }

    private sealed class Linear : Strategy
    {
        public override AgentTurn TurnOf(in AgentFacts agent) => new(agent.Position, 0, 0, agent.Agent);
    }
}
