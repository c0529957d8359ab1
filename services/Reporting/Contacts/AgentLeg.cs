using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Reporting.Contacts;

/// <summary>An agent's leg while its contact's events are folded.</summary>
internal sealed class AgentLeg(Guid id, LegRole role, Guid? agent, Guid? queue, DateTimeOffset start)
{
    public Guid Id { get; } = id;

    public Guid? Agent { get; } = agent;

    /// <summary>The queue that brought the contact.</summary>
    public Guid? Queue { get; } = queue;

    public Timeline Time { get; } = new(start, Phase.Ring);

    public bool Answered { get; private set; }

    public bool Held { get; private set; }

    public int Holds { get; private set; }

    /// <summary>The contact went on to another queue.</summary>
    public bool Transferred { get; set; }

    public OfferOutcome? Offer { get; set; }

    public LegRefusal? Refusal { get; set; }

    public LegEnd? End { get; set; }

    public void Answer(DateTimeOffset at)
    {
        Answered = true;
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
        return new LegHistory(Id, role, Agent, Time.StartedAt, Time.EndedAt, Outcome(), phases)
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
