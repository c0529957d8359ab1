using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Reporting.Contacts;

/// <summary>A leg beside the caller's while its contact's events are folded: an agent's, or that of a number outside.</summary>
internal sealed class AgentLeg(Guid id, LegRole role, Guid? agent, Guid? queue, DateTimeOffset start)
{
    private bool hasCaller;

    public Guid Id { get; } = id;

    public LegRole Role { get; } = role;

    public Guid? Agent { get; } = agent;

    /// <summary>The queue that brought the contact.</summary>
    public Guid? Queue { get; } = queue;

    public Timeline Time { get; } = new(start, Phase.Ring);

    public bool Answered { get; private set; }

    public bool Held { get; private set; }

    /// <summary>It speaks apart from the caller.</summary>
    public bool Consults { get; private set; }

    /// <summary>It has had the caller and is not over: the caller talks with it, or waits for it.</summary>
    public bool HasCaller => hasCaller && Time.EndedAt is null;

    public bool TalksWithCaller => HasCaller && !Held && !Consults;

    public int Holds { get; private set; }

    /// <summary>The agent handed the contact on: to another agent, a number outside or another queue.</summary>
    public bool Transferred { get; set; }

    /// <summary>How its offer ended, by Routing's word.</summary>
    public OfferOutcome? Offer { get; init; }

    public LegRefusal? Refusal { get; set; }

    public LegEnd? End { get; set; }

    public void Answer(DateTimeOffset at)
    {
        (Answered, hasCaller, Consults) = (true, true, false);
        Time.Enter(Phase.Talk, at);
    }

    public void Consult(DateTimeOffset at)
    {
        (Answered, Held, Consults) = (true, false, true);
        Time.Enter(Phase.Consult, at);
    }

    /// <summary>The agent who consulted is with the caller again.</summary>
    public void Return(DateTimeOffset at)
    {
        Consults = false;
        Time.Enter(Phase.Talk, at);
    }

    public void Hold(bool held, DateTimeOffset at)
    {
        if (Answered)
        {
            Holds += held && !Held ? 1 : 0;
            Held = held;
            Time.Enter(held ? Phase.Hold : Phase.Talk, at);
        }
    }

    public LegHistory History()
    {
        var phases = Time.Phases();
        return new LegHistory(Id, Role, Agent, Time.StartedAt, Time.EndedAt, Outcome(), phases)
        {
            Queue = Queue,
            AnsweredAt = Answered ? Time.StartedAt.AddMilliseconds(phases.Ring) : null,
            Holds = Holds,
            Transferred = Transferred,
        };
    }

    private string? Outcome()
    {
        if (Time.EndedAt is null)
        {
            return null;
        }

        var why = Answered ? null : Offer is { } offer and not OfferOutcome.Accepted ? offer.ToString() : Refusal?.ToString();
        return why ?? End?.ToString() ?? "Unknown";
    }
}
