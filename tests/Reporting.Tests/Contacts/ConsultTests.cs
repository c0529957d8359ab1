using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Reporting.Contacts;

namespace CallCenter.Reporting.Tests.Contacts;

/// <summary>Consult, conference and transfers: each leg's time and the caller's, to the millisecond, in whatever order the sources are read.</summary>
public class ConsultTests
{
    private static readonly Guid Anna = Script.Id(31), Bert = Script.Id(32), Queue = Script.Id(41), Other = Script.Id(42);
    private static readonly Guid First = Script.Id(51), Second = Script.Id(52);

    [Fact]
    public void Consulted_in_the_conference_and_handed_over()
    {
        var history = Fold(Consulting()
            .Telephony(25_000, new ConferenceStarted(Anna, Second), First).Telephony(25_000, new AgentAnswered(Bert), Second)
            .Telephony(40_000, new LegEnded(LegRole.Agent, Anna, LegEnd.Transferred), First)
            .Telephony(60_000, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp)).Telephony(60_000, new LegEnded(LegRole.Agent, Bert, LegEnd.Ended), Second));
        history.Agent.ShouldBe(Bert);
        Phases(history, LegRole.Caller).ShouldBe(new Phases(100, 900, 4_000, 0, 45_000, 10_000, 0, 0));
        history.Legs.Single(l => l.Id == First).ShouldSatisfyAllConditions(
            l => l.Phases.ShouldBe(new Phases(0, 0, 0, 3_990, 25_000, 0, 10_000, 0)), l => l.Outcome.ShouldBe("Transferred"), l => l.Transferred.ShouldBeTrue());
        history.Legs.Single(l => l.Id == Second).ShouldSatisfyAllConditions(
            l => l.Phases.ShouldBe(new Phases(0, 0, 0, 4_990, 35_000, 0, 10_000, 0)), l => l.AnsweredAt.ShouldBe(Script.Start.AddMilliseconds(15_000)), l => l.Transferred.ShouldBeFalse());
        var handling = history.Queues.ShouldHaveSingleItem().Handling;
        (handling.Legs, handling.Transferred, handling.ConsultMs, handling.TalkMs).ShouldBe((2, 1, 20_000, 60_000));
    }

    [Fact]
    public void Consulted_and_back_to_the_caller()
    {
        var history = Fold(Consulting()
            .Telephony(20_000, new LegEnded(LegRole.Agent, Bert, LegEnd.Ended), Second).Telephony(20_000, new ConsultEnded(Anna), First)
            .Telephony(30_000, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp)).Telephony(30_000, new LegEnded(LegRole.Agent, Anna, LegEnd.Ended), First));
        history.Agent.ShouldBe(Anna);
        Phases(history, LegRole.Caller).ShouldBe(new Phases(100, 900, 4_000, 0, 20_000, 5_000, 0, 0));
        history.Legs.Single(l => l.Id == First).Phases.ShouldBe(new Phases(0, 0, 0, 3_990, 20_000, 0, 5_000, 0));
        history.Legs.ShouldAllBe(l => !l.Transferred);
    }

    [Fact]
    public void Handed_on_to_another_queue_counts_once_as_a_transfer()
    {
        var history = Fold(Talking()
            .Telephony(15_000, new LegEnded(LegRole.Agent, Anna, LegEnd.Transferred), First).Routing(15_010, new ContactQueued(Other, 14_000))
            .Routing(20_000, new ContactOffered(Other, Bert, default, "x"), Second).Telephony(20_010, new LegOffered(Bert), Second)
            .Telephony(25_000, new AgentAnswered(Bert), Second)
            .Telephony(30_000, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp)).Telephony(30_000, new LegEnded(LegRole.Agent, Bert, LegEnd.Ended), Second));
        Phases(history, LegRole.Caller).ShouldBe(new Phases(100, 910, 13_990, 0, 15_000, 0, 0, 0));
        history.Queues.Select(q => (q.Queue, q.Handling.Legs, q.Handling.Transferred)).ShouldBe([(Queue, 1, 1), (Other, 1, 0)]);
    }

    [Fact]
    public void A_number_outside_has_the_caller_and_is_no_agents_work()
    {
        var history = Fold(Talking()
            .Telephony(10_000, new NumberDialled("+358912", "trunk"), Second).Telephony(12_000, new NumberAnswered("+358912"), Second)
            .Telephony(12_000, new ConsultStarted(Anna, Second), First).Telephony(20_000, new NumberConnected("+358912"), Second)
            .Telephony(20_000, new LegEnded(LegRole.Agent, Anna, LegEnd.Transferred), First)
            .Telephony(50_000, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp)).Telephony(50_000, new LegEnded(LegRole.External, null, LegEnd.Ended), Second));
        Phases(history, LegRole.Caller).ShouldBe(new Phases(100, 900, 4_000, 0, 37_000, 8_000, 0, 0));
        Phases(history, LegRole.External).ShouldBe(new Phases(0, 0, 0, 2_000, 30_000, 0, 8_000, 0));
        var handling = history.Queues.ShouldHaveSingleItem().Handling;
        (handling.Legs, handling.Transferred).ShouldBe((1, 1));
    }

    [Fact]
    public void A_supervisor_has_a_part_only_after_taking_over()
    {
        var listened = Fold(Talking()
            .Telephony(6_000, new MonitorStarted(Bert, Anna, MonitorMode.Listen), Second).Telephony(9_000, new LegEnded(LegRole.Supervisor, Bert, LegEnd.Ended), Second));
        listened.Legs.Select(l => l.Role).ShouldBe([LegRole.Caller, LegRole.Agent]);
        var taken = Fold(Talking()
            .Telephony(6_000, new MonitorStarted(Bert, Anna, MonitorMode.Whisper), Second).Telephony(10_000, new MonitorStarted(Bert, Anna, MonitorMode.TakeOver), Second)
            .Telephony(10_000, new LegEnded(LegRole.Agent, Anna, LegEnd.Ended), First)
            .Telephony(30_000, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp)).Telephony(30_000, new LegEnded(LegRole.Supervisor, Bert, LegEnd.Ended), Second));
        Phases(taken, LegRole.Caller).Talk.ShouldBe(25_000);
        Phases(taken, LegRole.Supervisor).Talk.ShouldBe(20_000);
        taken.Queues.ShouldHaveSingleItem().Handling.Legs.ShouldBe(1);
    }

    private static Script Talking() => new Script()
        .Telephony(0, new CallArrived("g", "+1", "+2", "t", Script.Id(9), 0)).Telephony(100, new CallAnswered("PCMA"))
        .Routing(1_000, new ContactQueued(Queue, 0)).Routing(1_000, new ContactOffered(Queue, Anna, default, "x"), First)
        .Telephony(1_010, new LegOffered(Anna), First).Telephony(5_000, new AgentAnswered(Anna), First);

    private static Script Consulting() => Talking()
        .Routing(10_000, new ContactOffered(Queue, Bert, default, "Consult", Anna), Second).Telephony(10_010, new LegOffered(Bert), Second)
        .Telephony(15_000, new ConsultStarted(Anna, Second), First).Telephony(15_000, new ConsultStarted(Bert, First), Second);

    private static Phases Phases(ContactHistory history, LegRole role) => history.Legs.Single(l => l.Role == role).Phases;

    private static ContactHistory Fold(Script script)
    {
        var history = ContactFold.Of(script.Events)!;
        Sums.ShouldBeExact(history);
        ContactFold.Of([.. script.Events.Reverse()])!.Legs.ShouldBe(history.Legs);
        return history;
    }
}
