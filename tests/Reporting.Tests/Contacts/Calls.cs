using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Recording;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Reporting.Tests.Contacts;

/// <summary>Calls with every kind of ending, as their events.</summary>
internal static class Calls
{
    public static readonly Guid Queue = Script.Id(200);
    public static readonly Guid Anna = Script.Id(301);
    public static readonly Guid Bo = Script.Id(302);
    public static readonly Guid FirstLeg = Script.Id(11);
    public static readonly Guid SecondLeg = Script.Id(12);
    public static readonly Guid Recording = Script.Id(400);

    public static IReadOnlyDictionary<string, Func<Script, Script>> All { get; } = new Dictionary<string, Func<Script, Script>>
    {
        ["rejected"] = Rejected,
        ["abandoned in the menu"] = AbandonedInMenu,
        ["abandoned in the queue"] = AbandonedInQueue,
        ["abandoned while ringing"] = AbandonedWhileRinging,
        ["abandoned as the phone is asked"] = AbandonedAsThePhoneIsAsked,
        ["talk, caller hangs up, wrap-up"] = Talk,
        ["hold twice"] = Hold,
        ["no answer, then another agent"] = NoAnswerThenAnother,
        ["agent lost, caller returned to another"] = AgentLost,
        ["no phone to ring"] = NoPhone,
        ["gateway died in talk"] = GatewayDied,
    };

    public static Script Rejected(Script s) => Arrive(s)
        .Telephony(3, new CallRejected("limit", 503, "+358401234567", "+358800100200")).Telephony(4, new CallClosed())
        .Routing(6, Ended(TerminationKind.Rejected, "limit"));

    public static Script AbandonedInMenu(Script s) => Gone(Answer(s), 4_200, TerminationKind.CallerAbandoned);

    public static Script AbandonedInQueue(Script s) => Gone(ToQueue(s), 8_001, TerminationKind.ShortAbandon);

    public static Script AbandonedWhileRinging(Script s) => Offer(ToQueue(s), 10_000, FirstLeg, Anna)
        .Telephony(13_500, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp))
        .Routing(13_504, new OfferEnded(Queue, Anna, OfferOutcome.CallerGone), FirstLeg)
        .Telephony(13_510, new LegRefused(Anna, LegRefusal.Withdrawn, 487), FirstLeg)
        .Telephony(13_511, new CallClosed())
        .Routing(13_515, Ended(TerminationKind.CallerAbandoned));

    public static Script AbandonedAsThePhoneIsAsked(Script s) => ToQueue(s)
        .Routing(10_000, new ContactOffered(Queue, Anna, Script.Start.AddSeconds(30), "longest idle"), FirstLeg)
        .Telephony(10_001, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp))
        .Routing(10_004, new OfferEnded(Queue, Anna, OfferOutcome.CallerGone), FirstLeg)
        .Telephony(10_010, new LegOffered(Anna), FirstLeg)
        .Telephony(10_030, new LegRefused(Anna, LegRefusal.Withdrawn, 487), FirstLeg)
        .Telephony(10_031, new CallClosed())
        .Routing(10_035, Ended(TerminationKind.CallerAbandoned));

    public static Script Talk(Script s) => WrapUp(CallerHangsUp(Connect(Offer(ToQueue(s), 10_000, FirstLeg, Anna), 14_000, FirstLeg, Anna), 74_321, FirstLeg, Anna), 74_321, 90_000, FirstLeg, Anna);

    public static Script Hold(Script s) => CallerHangsUp(
        Connect(Offer(ToQueue(s), 10_000, FirstLeg, Anna), 14_000, FirstLeg, Anna)
            .Telephony(20_000, new CallHeld(Anna), FirstLeg).Telephony(25_500, new CallResumed(Anna), FirstLeg)
            .Telephony(40_000, new CallHeld(Anna), FirstLeg), 41_234, FirstLeg, Anna)
        .Routing(41_300, Ended(TerminationKind.Completed));

    public static Script NoAnswerThenAnother(Script s)
    {
        Offer(ToQueue(s), 10_000, FirstLeg, Anna)
            .Telephony(30_010, new LegRefused(Anna, LegRefusal.NoAnswer, 408), FirstLeg)
            .Routing(30_012, new OfferEnded(Queue, Anna, OfferOutcome.NoAnswer), FirstLeg);
        return WrapUp(CallerHangsUp(Connect(Offer(s, 30_020, SecondLeg, Bo), 33_000, SecondLeg, Bo), 60_000, SecondLeg, Bo), 60_000, 63_000, SecondLeg, Bo);
    }

    public static Script AgentLost(Script s)
    {
        Connect(Offer(ToQueue(s), 10_000, FirstLeg, Anna), 14_000, FirstLeg, Anna)
            .Telephony(20_000, new LegEnded(LegRole.Agent, Anna, LegEnd.Lost), FirstLeg)
            .Telephony(20_000, new ControlChanged(ControlHolder.Ivr, 3, "agent lost"));
        s.Ivr(20_040, new QueueRequested(Queue, true), s.Last<LegEnded>());
        s.Routing(20_060, new ContactQueued(Queue, 10_000), cause: s.Last<QueueRequested>());
        return WrapUp(CallerHangsUp(Connect(Offer(s, 20_500, SecondLeg, Bo), 23_000, SecondLeg, Bo), 50_000, SecondLeg, Bo), 50_000, 55_000, SecondLeg, Bo);
    }

    public static Script NoPhone(Script s) => Gone(
        ToQueue(s).Routing(10_000, new ContactOffered(Queue, Anna, Script.Start.AddSeconds(30), "longest idle"), FirstLeg)
            .Routing(10_250, new OfferEnded(Queue, Anna, OfferOutcome.Unreachable), FirstLeg), 19_000, TerminationKind.CallerAbandoned);

    public static Script GatewayDied(Script s) => Connect(Offer(ToQueue(s), 10_000, FirstLeg, Anna), 14_000, FirstLeg, Anna)
        .Telephony(31_000, new LegEnded(LegRole.Agent, Anna, LegEnd.GatewayDied), FirstLeg)
        .Telephony(31_000, new LegEnded(LegRole.Caller, null, LegEnd.GatewayDied))
        .Telephony(31_000, new CallClosed())
        .Routing(95_000, new WrapUpEnded(Anna, null), FirstLeg)
        .Routing(95_000, Ended(TerminationKind.Failed, "gateway", "ours"))
        .Recording(96_000, new RecordingSealed(Recording, Anna, 30, 17_000, "00"));

    public static Script Arrive(Script s) =>
        s.Telephony(0, new CallArrived("gw", "+35840111", "+35891234", "demo", Script.Id(500), 0));

    public static Script Answer(Script s) => Arrive(s)
        .Ivr(20, new FlowStarted(Script.Id(500), 1, "fi"))
        .Telephony(30, new ControlChanged(ControlHolder.Ivr, 1, "flow"))
        .Telephony(150, new CallAnswered("PCMA"));

    public static Script ToQueue(Script s)
    {
        Answer(s).Telephony(5_000, new DigitsCollected(Script.Id(600), CollectOutcome.Complete, "1"));
        s.Ivr(5_001, new MenuChosen("main", "1"), s.Last<DigitsCollected>()).Ivr(5_002, new QueueRequested(Queue, false));
        return s.Routing(5_005, new ContactQueued(Queue, 0), cause: s.Last<QueueRequested>());
    }

    public static Script Offer(Script s, long at, Guid leg, Guid agent) => s
        .Routing(at, new ContactOffered(Queue, agent, Script.Start.AddMilliseconds(at + 20_000), "longest idle"), leg)
        .Telephony(at + 5, new LegOffered(agent), leg)
        .Telephony(at + 60, new LegRinging(agent), leg);

    public static Script Connect(Script s, long at, Guid leg, Guid agent) => s
        .Telephony(at, new LegAccepted(agent), leg)
        .Routing(at + 4, new OfferEnded(Queue, agent, OfferOutcome.Accepted), leg)
        .Telephony(at + 6, new ControlChanged(ControlHolder.Routing, 2, "connect"))
        .Telephony(at + 8, new AgentAnswered(agent), leg)
        .Telephony(at + 9, new RecordingStarted(Recording, agent));

    public static Script CallerHangsUp(Script s, long at, Guid leg, Guid agent) => s
        .Telephony(at, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp))
        .Telephony(at + 2, new LegEnded(LegRole.Agent, agent, LegEnd.Ended), leg)
        .Telephony(at + 3, new RecordingEnded(Recording, 60, 60_000))
        .Telephony(at + 3, new CallClosed())
        .Ivr(at + 10, new FlowEnded(FlowOutcome.CallerGone, null))
        .Recording(at + 200, new RecordingSealed(Recording, agent, 60, 60_000, "00"));

    public static Script WrapUp(Script s, long from, long to, Guid leg, Guid agent) => s
        .Routing(from + 8, new WrapUpStarted(agent, Script.Start.AddMilliseconds(from + 15_000)), leg)
        .Routing(to, new WrapUpEnded(agent, "sold"), leg)
        .Routing(to, Ended(TerminationKind.Completed));

    private static Script Gone(Script s, long at, TerminationKind kind) => s
        .Telephony(at, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp)).Telephony(at, new CallClosed())
        .Ivr(at + 5, new FlowEnded(FlowOutcome.CallerGone, null))
        .Routing(at + 9, Ended(kind));

    private static ContactEnded Ended(TerminationKind kind, string? reason = null, string? fault = null) => new(new Termination(kind, reason, fault), 1);
}
