using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Facts;
using CallCenter.Reporting.Tests.Contacts;
using CallCenter.Reporting.Tests.Reports;

namespace CallCenter.Reporting.Tests.Facts;

/// <summary>Facts of queues against what is known to be true of thousands of random calls, and the cases that have a name.</summary>
public class QueueStaysTests(ITestOutputHelper output)
{
    private const int RandomCalls = 5_000;

    [Fact]
    public void Facts_of_random_calls_are_what_happened()
    {
        var random = Seeded(20260329);
        var outcomes = new Dictionary<QueueOutcome, int>();
        for (var n = 0; n < RandomCalls; n++)
        {
            var call = RandomCall.Play(n, Script.Id(100), 0, random);
            var history = ContactFold.Of(Shuffle.Sources(call.Script.Events, random)).ShouldNotBeNull();
            var told = history.Queues.Select(q => (q.Queue, q.EnteredAt, q.Outcome, q.WaitMs, q.ServiceLevelMs, q.Handling)).ToList();
            told.ShouldBe(call.Entries.Select(e => (e.Queue, Script.Start.AddMilliseconds(e.EnteredAt), e.Outcome, e.Outcome == QueueOutcome.StillWaiting ? 0 : e.WaitMs,
                e.ServiceLevelMs, True(e))), $"call {n}: {string.Join(' ', call.Script.Events.Select(e => e.GetType().Name))}");
            Sums.ShouldBeExact(history);
            foreach (var fact in history.Queues)
            {
                outcomes[fact.Outcome] = outcomes.GetValueOrDefault(fact.Outcome) + 1;
            }
        }

        output.WriteLine(string.Join(", ", outcomes));
        outcomes.Count.ShouldBe(Enum.GetValues<QueueOutcome>().Length, "every outcome occurs");
    }

    [Fact]
    public void Random_calls_have_no_negative_time_and_lose_no_entry_under_wrong_clocks()
    {
        var random = Seeded(20261025);
        for (var n = 0; n < RandomCalls / 5; n++)
        {
            var call = RandomCall.Play(n, Script.Id(100), 0, random);
            var skew = new[] { "telephony/1", "ivr", "routing" }.ToDictionary(s => s, _ => (double)random.Next(-3_000, 3_000));
            var events = call.Script.Events.Select(e => e with { OccurredAt = e.OccurredAt.AddMilliseconds(skew[e.Source]) }).ToList();

            var told = ContactFold.Of(events).ShouldNotBeNull().Queues;

            told.Select(q => q.Queue).ShouldBe(call.Entries.Select(e => e.Queue), ignoreOrder: true);
            told.ShouldAllBe(q => q.WaitMs >= 0);
            ContactFold.Of(Shuffle.Sources(events, random))!.Queues.ShouldBe(told);
        }
    }

    [Fact]
    public void A_wait_of_exactly_the_short_abandon_threshold_is_no_short_one()
    {
        Fact(Left(4_999)).Outcome.ShouldBe(QueueOutcome.ShortAbandoned);
        Fact(Left(5_000)).Outcome.ShouldBe(QueueOutcome.Abandoned);
        Fact(Left(2_999, 3_000)).Outcome.ShouldBe(QueueOutcome.ShortAbandoned);
        Fact(Left(3_000, 3_000)).Outcome.ShouldBe(QueueOutcome.Abandoned);
    }

    [Fact]
    public void A_lost_agent_and_a_return_are_one_offered_and_two_handled()
    {
        var fact = Fact(Calls.AgentLost(new Script()));
        (fact.Outcome, fact.WaitMs, fact.Handling.Legs).ShouldBe((QueueOutcome.Answered, 9_003, 2));
        (fact.Handling.TalkMs, fact.Handling.WrapUpMs, fact.Handling.Transferred).ShouldBe((5_992 + 26_994, 4_998, 0));
    }

    [Fact]
    public void An_offer_shows_the_entry_that_was_lost()
    {
        var events = Calls.Talk(new Script()).Events.Where(e => e is not ContactQueued).ToList();
        var fact = ContactFold.Of(events).ShouldNotBeNull().Queues.ShouldHaveSingleItem();
        (fact.Queue, fact.EnteredAt, fact.Outcome, fact.WaitMs).ShouldBe((Calls.Queue, Script.Start.AddMilliseconds(10_000), QueueOutcome.Answered, 4_008));
    }

    [Fact]
    public void The_end_of_a_caller_that_was_lost_is_the_close_of_the_call()
    {
        var events = Calls.AbandonedWhileRinging(new Script()).Events.Where(e => e is not LegEnded).ToList();
        var fact = ContactFold.Of(events).ShouldNotBeNull().Queues.ShouldHaveSingleItem();
        (fact.Outcome, fact.WaitMs).ShouldBe((QueueOutcome.Abandoned, 13_511 - 5_005));
    }

    [Fact]
    public void Why_the_system_ended_the_waiting_is_not_known_before_the_termination()
    {
        var script = Calls.ToQueue(new Script()).Telephony(60_000, new LegEnded(LegRole.Caller, null, LegEnd.Ended)).Telephony(60_000, new CallClosed());
        Fact(script).Outcome.ShouldBe(QueueOutcome.StillWaiting);
        Fact(script.Routing(60_010, new ContactEnded(new Termination(TerminationKind.Deflected), 1))).Outcome.ShouldBe(QueueOutcome.FlowOut);
    }

    [Fact]
    public void A_contact_that_never_queued_has_no_fact() =>
        ContactFold.Of([.. Calls.AbandonedInMenu(new Script()).Events]).ShouldNotBeNull().Queues.ShouldBeEmpty();

    private static Script Left(long after, long? threshold = null)
    {
        var script = Calls.Answer(new Script()).Routing(5_000, new ContactQueued(Calls.Queue, 0, threshold));
        return script.Telephony(5_000 + after, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp)).Telephony(5_000 + after, new CallClosed());
    }

    private static QueueFact Fact(Script script) => ContactFold.Of([.. script.Events]).ShouldNotBeNull().Queues.ShouldHaveSingleItem();

    private static Handling True(TrueEntry e) => new(
        e.Legs.Count, e.Legs.Count(l => l.Holds > 0), e.Legs.Count(l => l.Transferred), e.Legs.Sum(l => l.TalkMs), e.Legs.Sum(l => l.HoldMs), 0, e.Legs.Sum(l => l.WrapUpMs));

    private Random Seeded(int seed)
    {
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
