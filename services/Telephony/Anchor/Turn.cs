using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>One step of a call while it is computed: the state so far and the actions so far. Lives no longer than the step.</summary>
internal sealed class Turn(CallState state, DateTimeOffset now, Guid? causation)
{
    public CallState State { get; set; } = state;
    public List<CallAction> Actions { get; } = [];
    public DateTimeOffset Now { get; } = now;

    public void Do(CallAction action) => Actions.Add(action);

    public void Tell(ContactEvent e, Guid? cause = null) =>
        Actions.Add(new Tell(e with { OccurredAt = Now, Causation = causation ?? cause }));

    public void Tell(LegView leg, ContactEvent e) => Tell(e with { Leg = leg.Leg }, leg.Offer);
}
