using CallCenter.Simulator.Centre;

namespace CallCenter.Simulator.Comparison;

/// <summary>One contact against the call it was.</summary>
internal static class ContactComparison
{
    private static readonly string[] Unseen = ["CallerGone", "Withdrawn", "Lapsed", "Unreachable", "Failed", "AgentLoggedOut", "Busy", "AnsweredElsewhere"];

    public static void Compare(CallFacts call, ContactDetail contact, Findings findings)
    {
        var of = $"contact {contact.Id} of {call.Record.Caller}";
        findings.OneOf(of, "termination", call.Terminations, contact.Termination);
        findings.Text(of, "called number", call.Record.Number, contact.Called);
        findings.Text(of, "tenant", call.Record.Tenant.ToString(), contact.Tenant.ToString());
        if (call.Touched)
        {
            findings.LeaveOut("calls that the system's end cut: only their termination is compared");
            return;
        }
        findings.OneOf(of, "queue", call.LastQueues, contact.Queue?.ToString());
        findings.OneOf(of, "agent", Agents(call), contact.Agent?.ToString());
        CompareCaller(of, call, contact, findings);
        CompareOffers(of, call, contact, findings);
    }

    private static IReadOnlyCollection<string?> Agents(CallFacts call) => call.MayTalk is not { } may
        ? [null]
        : call.Talk == may ? [$"{may.Record.Agent}"] : [$"{may.Record.Agent}", call.Talk is { } talk ? $"{talk.Record.Agent}" : null];

    private static void CompareCaller(string of, CallFacts call, ContactDetail contact, Findings findings)
    {
        var legs = contact.Legs.Where(l => l.Role == "Caller").ToList();
        findings.Number(of, "caller's legs", Bounds.Exactly(1), legs.Count);
        if (legs.Count != 1)
        {
            return;
        }
        var leg = legs[0];
        findings.Number(of, "caller's leg, ms", call.Length, leg.LengthMs);
        findings.Number(of, "sum of its phases, ms", Bounds.Exactly(leg.LengthMs), leg.Phases.Where(p => p.Key != "wrapUp").Sum(p => p.Value ?? 0));
        findings.Number(of, "alerting, ms", call.Of(Phase.Alerting), leg.Phase("alerting"));
        findings.OneOf(of, "caller's leg's end", !call.HungUp ? ["Ended"] : call.HungUpToo ? ["PartyHungUp", "Ended"] : ["PartyHungUp"], leg.Outcome);
        if (call.IsUnclear)
        {
            findings.LeaveOut("phones that said 200 without a voice heard: their talk is not compared");
            return;
        }
        findings.Number(of, "ivr, ms", call.Of(Phase.Ivr), leg.Phase("ivr"));
        findings.Number(of, "queue, ms", call.Queued ? call.Of(Phase.Queue) : call.Of(Phase.Queue).OrNothing(), leg.Phase("queue"));
        findings.Number(of, "talk, ms", call.Of(Phase.Talk), leg.Phase("talk"));
        findings.Number(of, "hold, ms", call.Of(Phase.Hold), leg.Phase("hold"));
    }

    private static void CompareOffers(string of, CallFacts call, ContactDetail contact, Findings findings)
    {
        var legs = contact.Legs.Where(l => l.Role == "Agent").OrderBy(l => l.StartedAt).ToList();
        foreach (var offer in call.Offers)
        {
            // The nearest leg of that agent: times of two clocks on one machine.
            var leg = legs.Where(l => l.User == offer.Record.Agent).MinBy(l => (l.StartedAt - offer.Record.Wire.InvitedAt!.Value).Duration());
            if (leg is null)
            {
                findings.Fault(of, $"leg of {offer.Record.User}", "a phone that rang", "none");
                continue;
            }
            legs.Remove(leg);
            CompareOffer($"{of}, leg of {offer.Record.User}", offer, leg, findings);
        }
        foreach (var leg in legs.Where(l => l.Phase("talk") > 0 || !Unseen.Contains(l.Outcome)))
        {
            findings.Fault(of, $"leg of agent {leg.User}", "no phone that rang", $"{leg.Outcome}, {leg.LengthMs:0} ms");
        }
    }

    private static void CompareOffer(string of, OfferFacts offer, LegItem leg, Findings findings)
    {
        if (offer.MayHaveTalked && !offer.Talked)
        {
            return; // a 200 that crossed the end of the offer: the wire does not tell which was first
        }
        findings.OneOf(of, "end", offer.Outcomes, leg.Outcome);
        if (offer is { Talked: true, Queue.RingsAll: true })
        {
            findings.Text(of, "phone that was answered first and has the caller", offer.AnsweredFirst, offer.Record.User);
        }
        findings.Number(of, "length, ms", offer.Length, leg.LengthMs);
        findings.Number(of, "ring, ms", offer.Ring, leg.Phase("ring"));
        findings.Number(of, "talk, ms", offer.Talked ? offer.Talk : Bounds.Zero, leg.Phase("talk"));
        findings.Number(of, "hold, ms", offer.Talked ? offer.Hold : Bounds.Zero, leg.Phase("hold"));
        findings.Number(of, "consult, ms", offer.Talked ? offer.Consult : Bounds.Zero, leg.Phase("consult"));
        findings.Number(of, "wrap-up, ms", offer.Talked ? offer.WrapUp : Bounds.Zero, leg.Phase("wrapUp"));
    }
}
