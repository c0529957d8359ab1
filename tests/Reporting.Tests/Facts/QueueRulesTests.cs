using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Facts;
using CallCenter.Reporting.Tests.Contacts;

namespace CallCenter.Reporting.Tests.Facts;

/// <summary>What is reported of contacts that a rule of their queue took out.</summary>
public class QueueRulesTests
{
    private static readonly Guid Other = Script.Id(201);

    [Theory]
    [InlineData(QueueRule.MaxWait, TerminationKind.QueueTimeout, QueueOutcome.TimedOut)]
    [InlineData(QueueRule.NoAgent, TerminationKind.NoAgent, QueueOutcome.NoAgent)]
    [InlineData(QueueRule.MaxLength, TerminationKind.QueueFull, QueueOutcome.Failed)]
    internal void The_rule_is_the_outcome_and_the_wait_ends_with_it(QueueRule rule, TerminationKind kind, QueueOutcome outcome)
    {
        var history = Of(Ended(GivenUp(rule), kind));
        var fact = history.Queues.ShouldHaveSingleItem();
        (fact.Outcome, fact.WaitMs).ShouldBe((outcome, 30_000 - 5_005));
        var caller = history.Legs[0];
        (caller.Phases.Queue, caller.Phases.Ivr).ShouldBe((30_000 - 5_005, 5_005 - 150 + 10_000));
    }

    [Fact]
    public void Who_left_a_message_afterwards_or_came_to_another_queue_has_flowed_out()
    {
        Of(Ended(GivenUp(QueueRule.MaxWait), TerminationKind.Deflected)).Queues.Single().Outcome.ShouldBe(QueueOutcome.FlowOut);
        var facts = Of(Ended(GivenUp(QueueRule.NoAgent).Routing(35_000, new ContactQueued(Other, 0)), TerminationKind.CallerAbandoned)).Queues;
        facts.Select(fact => (fact.Queue, fact.Outcome)).ShouldBe([(Calls.Queue, QueueOutcome.FlowOut), (Other, QueueOutcome.Abandoned)]);
    }

    [Fact]
    public void What_the_rule_moves_itself_flows_out_and_waits_on()
    {
        var script = Calls.ToQueue(new Script()).Routing(30_000, new ContactQueued(Other, 24_995)).Routing(30_001, new QueueLeft(Calls.Queue, QueueRule.MaxWait, Other));
        var facts = Of(Ended(script, TerminationKind.CallerAbandoned)).Queues;
        facts.Select(fact => (fact.Queue, fact.Outcome, fact.WaitMs)).ShouldBe([(Calls.Queue, QueueOutcome.FlowOut, 30_000 - 5_005), (Other, QueueOutcome.Abandoned, 10_000)]);
    }

    private static Script GivenUp(QueueRule rule) => Calls.ToQueue(new Script()).Routing(30_000, new QueueLeft(Calls.Queue, rule));

    private static Script Ended(Script script, TerminationKind kind) => script
        .Telephony(40_000, new LegEnded(LegRole.Caller, null, LegEnd.Ended)).Telephony(40_000, new CallClosed()).Routing(40_010, new ContactEnded(new Termination(kind), 1));

    private static ContactHistory Of(Script script) => ContactFold.Of([.. script.Events]).ShouldNotBeNull();
}
