using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Ivr.Flows;
using static CallCenter.Ivr.Flows.FlowCommand;

namespace CallCenter.Ivr.Tests.Flows;

/// <summary>A caller whom the queue gave up goes on in the flow.</summary>
public sealed class QueueLeftTests : DrivenFlow
{
    public QueueLeftTests() => Set(queue => queue with { TimedOut = "message", Full = "sales", NoAgent = "bye" });

    [Theory]
    [InlineData(QueueRule.MaxWait, "message")]
    [InlineData(QueueRule.MaxLength, "sales")]
    [InlineData(QueueRule.NoAgent, "bye")]
    public void The_flow_goes_on_with_the_step_of_the_rule(QueueRule rule, string step)
    {
        ToQueue("2");
        Tell(new QueueLeft(DemoFlow.Support, rule));
        State!.Step.ShouldBe(step);
    }

    [Fact]
    public void A_message_after_the_longest_wait_deflects()
    {
        ToQueue("2");
        Tell(new QueueLeft(DemoFlow.Support, QueueRule.MaxWait));
        Sent[^1].ShouldBe(new Say(DemoFlow.Leave));
        Tell(Played());
        Sent[^1].ShouldBe(new TakeMessage(60_000, 4_000));
        Tell(new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp));
    }

    [Fact]
    public void Without_a_step_the_call_ends()
    {
        Set(queue => queue with { TimedOut = null });
        ToQueue("2");
        Tell(new QueueLeft(DemoFlow.Support, QueueRule.MaxWait));
        Sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.HungUp, over: false);
    }

    [Fact]
    public void In_the_middle_of_an_announcement_the_flow_goes_on_at_once()
    {
        ToQueue("2");
        Give(new FlowInput.PlaceKnown(new(1, null, 1, 0, null), []));
        State!.Phase.ShouldBe(Phase.Announcing);
        Tell(new QueueLeft(DemoFlow.Support, QueueRule.NoAgent));
        Sent[^1].ShouldBe(new Say(DemoFlow.Bye));
    }

    [Fact]
    public void Without_control_it_is_acted_on_when_control_is_back()
    {
        ToQueue("2");
        Tell(Control(ControlHolder.Fallback, 2), new QueueLeft(DemoFlow.Support, QueueRule.NoAgent));
        State!.Phase.ShouldBe(Phase.TakingControl);
        Tell(Control(ControlHolder.Ivr, 3));
        Sent[^1].ShouldBe(new Say(DemoFlow.Bye));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_transfer_to_a_queue_the_order_of_the_two_sources_does_not_matter(bool queueFirst)
    {
        ToTalk("2");
        var left = new QueueLeft(DemoFlow.Sales, QueueRule.MaxLength);
        var ends = AgentEnds(LegEnd.Transferred);
        if (queueFirst)
        {
            Tell(left, Control(ControlHolder.Ivr, 3), ends);
        }
        else
        {
            Tell(Control(ControlHolder.Ivr, 3), ends, left);
        }

        State!.Step.ShouldBe("sales");
        Told.OfType<QueueRequested>().Last().Queue.ShouldBe(DemoFlow.Sales);
    }

    [Fact]
    public void Who_comes_back_from_a_lost_agent_is_not_sent_away_for_an_old_rule()
    {
        ToTalk("2");
        Tell(new QueueLeft(DemoFlow.Support, QueueRule.MaxWait), AgentEnds(LegEnd.Lost), Control(ControlHolder.Ivr, 3));
        State!.Phase.ShouldBe(Phase.Announcing);
        State.GivenUpBy.ShouldBeNull();
    }

    [Fact]
    public void What_comes_after_the_queue_means_nothing()
    {
        ToMenu();
        Tell(new QueueLeft(DemoFlow.Support, QueueRule.MaxWait));
        State!.Phase.ShouldBe(Phase.Collecting);
    }

    [Fact]
    public void A_silent_way_through_queues_that_comes_back_is_refused()
    {
        Set(queue => queue with { Full = "greeting" });
        Flow = Flow with { Steps = new Dictionary<string, FlowStep>(Flow.Steps) { ["greeting"] = new() { Play = new() { Prompt = DemoFlow.Greeting, Next = "support" } } } };
        FlowValidation.Errors(Flow, DemoFlow.Prompts).ShouldContain(error => error.Contains("comes back here for ever", StringComparison.Ordinal));
    }

    [Fact]
    public void A_step_that_is_not_there_is_told()
    {
        Set(queue => queue with { NoAgent = "nowhere" });
        FlowValidation.Errors(Flow, DemoFlow.Prompts).ShouldContain(error => error.Contains("'nowhere'", StringComparison.Ordinal));
    }

    private void Set(Func<QueueStep, QueueStep> change) => Flow = Flow with
    {
        Steps = new Dictionary<string, FlowStep>(Flow.Steps) { ["support"] = new() { Queue = change(Flow.Steps["support"].Queue!) } },
    };
}
