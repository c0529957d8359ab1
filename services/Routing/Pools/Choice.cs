using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>A waiting contact that an agent could take: the first of its queue and priority.</summary>
/// <param name="Profile">Priority of its queue in the agent's profile.</param>
/// <param name="Priority">The contact's own, or its queue's.</param>
internal sealed record ContactFacts(Guid Contact, Guid Queue, int Profile, int Priority, DateTimeOffset Since, DateTimeOffset EnteredAt)
{
    /// <summary>By what it was compared, with the score, when the choice was by risk.</summary>
    public RiskFacts? Risk { get; init; }
}

/// <summary>
/// Why an offer went where it went: the rule and what was compared, the best first, at most <see cref="Told"/>. It holds all that is needed to choose again.
/// </summary>
/// <param name="Rule">The queue's strategy when a contact came or became old enough; <see cref="FirstInLine"/> or <see cref="HighestRisk"/> when an agent became free, <see cref="JoinsIn"/> when it rings beside others; <see cref="KeptForAgent"/>.</param>
/// <param name="AgeMs">The contact's adjusted age.</param>
/// <param name="Of">How many there were to choose from.</param>
internal sealed record Choice(string Rule, DateTimeOffset At, Guid Contact, Guid Agent, Guid Queue, long AgeMs, int Of)
{
    public const int Told = 5;
    public const string FirstInLine = "FirstInLine";
    public const string HighestRisk = "HighestRisk";
    public const string KeptForAgent = "KeptForAgent";
    public const string ReturningCaller = "ReturningCaller";
    public const string JoinsIn = "JoinsIn";

    /// <summary>Who served the caller last, when the strategy asks for it.</summary>
    public Guid? LastAgent { get; init; }

    /// <summary>The free agents that a contact was given one of.</summary>
    public IReadOnlyList<AgentFacts> Agents { get; init; } = [];

    /// <summary>The contacts that a free agent was given one of.</summary>
    public IReadOnlyList<ContactFacts> Contacts { get; init; } = [];

    /// <summary>The same choice made again from what was compared.</summary>
    public (Guid Contact, Guid Agent) Replay() => Rule switch
    {
        KeptForAgent => (Contact, Agent),
        HighestRisk => (Contacts.OrderByDescending(contact => contact.Risk!.Score).ThenBy(contact => ClaimOf(contact, At)).First().Contact, Agent),
        ReturningCaller => (Contact, LastAgent!.Value),
        FirstInLine or JoinsIn => (Contacts.MinBy(contact => ClaimOf(contact, At))!.Contact, Agent),
        _ => (Contact, AgentOf(Enum.Parse<AgentStrategy>(Rule))),
    };

    /// <summary>One sentence for a history.</summary>
    public string Text() => Rule switch
    {
        KeptForAgent => $"{Rule}: {Agent} was cut off from this caller",
        HighestRisk => $"{Rule}: {Agent} became free and took, of {Of} compared, the contact whose waiting costs most",
        ReturningCaller => $"{Rule}: {Agent} talked with this caller before, {Of} free",
        FirstInLine => $"{Rule}: {Agent} became free and took the first of {Of} in line",
        JoinsIn => $"{Rule}: {Agent} became free and rings too, for the first of {Of} that ring",
        _ => $"{Rule}: {Agent} of {Of} free{Others()}",
    };

    private static Claim ClaimOf(ContactFacts contact, DateTimeOffset at) =>
        Claim.Of(new Turn(contact.Since.UtcTicks, contact.EnteredAt.UtcTicks, contact.Contact), contact.Profile, contact.Priority, at.UtcTicks);

    private string Others()
    {
        var told = string.Join("; ", Agents.Where(other => other.Agent != Agent).Select(other => $"{other.Agent} idle since {other.IdleSince:O}"));
        return told.Length == 0 ? "" : $"; others: {told}";
    }

    private Guid AgentOf(AgentStrategy strategy)
    {
        var open = Agents.Where(agent => agent.OpenFromMs <= AgeMs).ToList();
        return strategy == AgentStrategy.LastAgent && open.Exists(agent => agent.Agent == LastAgent)
            ? LastAgent!.Value
            : open.Min(agent => Strategy.Of(strategy).TurnOf(agent)).Agent;
    }
}
