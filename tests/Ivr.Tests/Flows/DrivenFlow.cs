using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Ivr.Flows;

namespace CallCenter.Ivr.Tests.Flows;

/// <summary>A call through <see cref="DemoFlow"/>, driven input by input; what the interpreter decided is kept.</summary>
public abstract class DrivenFlow
{
    private protected FlowDefinition Flow { get; set; } = DemoFlow.Create();

    private protected FlowState? State { get; private set; }

    /// <summary>The tenant's wall clock.</summary>
    private protected DateTime? Local { get; set; } = DemoFlow.OpenTime;

    private protected List<DomainEvent> Told { get; } = [];

    private protected List<FlowCommand> Sent { get; } = [];

    /// <summary>Queues in which the caller's place was asked for.</summary>
    private protected List<Guid> Asked { get; } = [];

    private protected static Guid Agent { get; } = Guid.CreateVersion7();

    private protected static Guid AgentLeg { get; } = Guid.CreateVersion7();

    private void Take(Decision decision)
    {
        State = decision.State;
        Told.AddRange(decision.Actions.OfType<FlowAction.Tell>().Select(t => t.Event));
        Asked.AddRange(decision.Actions.OfType<FlowAction.AskPlace>().Select(a => a.Queue));
        Sent.AddRange(decision.Actions.OfType<FlowAction.Send>().Select(s => s.Command));
    }

    private protected void Arrive() => Take(Interpreter.Start(Flow, DemoFlow.Id, 7, new CallArrived("gw", "040", "09", "trunk", DemoFlow.Id, 0), Guid.CreateVersion7()));

    private protected void Give(FlowInput input) => Take(Interpreter.Decide(Flow, State!, input, Guid.CreateVersion7(), Local));

    private protected void Tell(params ContactEvent[] events)
    {
        foreach (var e in events)
        {
            Give(new FlowInput.Told(e));
        }
    }

    private protected void Fails(CommandOutcome outcome, long epoch = 1) => Give(new FlowInput.CommandFailed(new CommandResult(State!.CommandId, outcome, epoch, "no")));

    private protected void ToMenu()
    {
        Arrive();
        Tell(Control(ControlHolder.Ivr, 1), new CallAnswered("PCMA"));
        Tell(Played());
        State!.Phase.ShouldBe(Phase.Collecting);
    }

    private protected void ToQueue(string digit)
    {
        ToMenu();
        Tell(Digits(digit));
        State!.Phase.ShouldBe(Phase.Waiting);
    }

    private protected void ToTalk(string digit)
    {
        ToQueue(digit);
        Tell(Control(ControlHolder.Routing, 2), new AgentAnswered(Agent) { Leg = AgentLeg });
    }

    private protected PlayFinished Played(PlayOutcome outcome = PlayOutcome.Finished) => new(State!.CommandId, outcome, 900);

    private protected DigitsCollected Digits(string digit) => new(State!.CommandId, digit.Length == 0 ? CollectOutcome.NoInput : CollectOutcome.Complete, digit);

    private protected static ControlChanged Control(ControlHolder holder, long epoch) => new(holder, epoch, "test");

    private protected static LegEnded AgentEnds(LegEnd end) => new(LegRole.Agent, Agent, end) { Leg = AgentLeg };

    private protected void Ended(FlowOutcome outcome, bool over)
    {
        Told.OfType<FlowEnded>().Single().Outcome.ShouldBe(outcome);
        Told[^1].ShouldBeOfType<FlowEnded>().Final.ShouldBeTrue();
        (State is null).ShouldBe(over);
    }
}
