using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Reporting.Contacts;

/// <summary>An agent's leg while its contact's events are folded.</summary>
internal sealed class AgentLeg(Guid id, LegRole role, Guid? agent, DateTimeOffset start)
{
    public Guid Id { get; } = id;

    public Guid? Agent { get; } = agent;

    public Timeline Time { get; } = new(start, Phase.Ring);

    public bool Answered { get; private set; }

    public bool Held { get; private set; }

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
            Held = held;
            Time.Enter(held ? Phase.Hold : Phase.Talk, at);
        }
    }

    public LegHistory History() => new(Id, role, Agent, Time.StartedAt, Time.EndedAt, Outcome(), Time.Phases());

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
