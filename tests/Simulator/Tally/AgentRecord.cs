namespace CallCenter.Simulator.Tally;

/// <summary>What a simulated agent is at.</summary>
internal enum AgentStage { Off, Ready, Ringing, Talk, Hold, WrapUp, Break }

/// <summary>A status that an agent chose by the API: sent, confirmed.</summary>
internal sealed record StatusChoice(string Status, DateTimeOffset SentAt, DateTimeOffset ConfirmedAt);

/// <summary>An agent's shift, by its own API calls and the phone.</summary>
internal sealed class AgentRecord(Guid id, string user, IReadOnlyList<Guid> tenants)
{
    private readonly List<StatusChoice> _choices = [];
    private readonly List<OfferRecord> _offers = [];

    public Guid Id { get; } = id;

    public string User { get; } = user;

    /// <summary>Companies in whose name it speaks.</summary>
    public IReadOnlyList<Guid> Tenants { get; } = tenants;

    /// <summary>When the system was first seen to know that calls can come.</summary>
    public DateTimeOffset ReadyAt { get; set; }

    public AgentStage Stage { get; private set; }

    public DateTimeOffset StageSince { get; private set; }

    public IReadOnlyList<StatusChoice> Choices
    {
        get
        {
            lock (_choices)
            {
                return [.. _choices];
            }
        }
    }

    public IReadOnlyList<OfferRecord> Offers
    {
        get
        {
            lock (_offers)
            {
                return [.. _offers];
            }
        }
    }

    public void Chose(StatusChoice choice)
    {
        lock (_choices)
        {
            _choices.Add(choice);
        }
    }

    public void Offered(OfferRecord offer)
    {
        lock (_offers)
        {
            _offers.Add(offer);
        }
    }

    public void Enter(AgentStage stage, DateTimeOffset at) => (Stage, StageSince) = (stage, at);
}
