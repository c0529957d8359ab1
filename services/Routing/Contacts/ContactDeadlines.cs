using CallCenter.Contracts.Routing;

namespace CallCenter.Routing.Contacts;

/// <summary>A deadline of a contact and what happens when it passes.</summary>
internal sealed record ContactDeadline(DateTimeOffset At, Func<ContactState, Decision> Pass);

/// <summary>What of a contact is pending, and until when: derived from its state, so that a restart arms the same.</summary>
internal static class ContactDeadlines
{
    /// <summary>The earliest, or null when nothing is pending.</summary>
    public static ContactDeadline? Next(ContactState state) => state.HasEnded ? null : All(state).MinBy(deadline => deadline.At);

    private static IEnumerable<ContactDeadline> All(ContactState state)
    {
        foreach (var leg in state.Legs)
        {
            if (leg.IsBeforeAnswer)
            {
                yield return new(leg.Deadline + ContactRules.OfferGrace, now => ContactRules.TakeBack(now, leg.Leg, OfferOutcome.Lapsed, leg.Deadline + ContactRules.OfferGrace));
            }
            else if (leg.Phase == LegPhase.WrapUp)
            {
                yield return new(leg.Deadline, now => ContactRules.EndWrapUp(now, leg.Leg, null, leg.Deadline));
            }
        }

        foreach (var deadline in Callbacks.CallbackRules.Deadlines(state))
        {
            yield return deadline;
        }

        if (state is { ClosedAt: { } closed, FlowExpected: true, Flow: null, FlowGivenUp: false })
        {
            yield return new(closed + ContactRules.FlowWait, ContactRules.GiveUpFlow);
        }
    }
}
