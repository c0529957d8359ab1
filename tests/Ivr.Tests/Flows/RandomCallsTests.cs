using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Ivr.Flows;

namespace CallCenter.Ivr.Tests.Flows;

/// <summary>Calls with a gateway that answers, refuses, stays silent and changes holders at random.</summary>
public sealed class RandomCallsTests(ITestOutputHelper output)
{
    private static readonly Phase[] WaitForTheGateway = [Phase.Waiting, Phase.Away];

    [Fact]
    public void No_call_is_ever_stuck_and_each_has_one_FlowEnded()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var outcomes = new Dictionary<FlowOutcome, int>();
        for (var i = 0; i < 2_000; i++)
        {
            var call = new RandomCall(new Random(seed + i));
            call.Run();
            var ended = call.Told.OfType<FlowEnded>().Single();
            call.Told[^1].ShouldBe(ended);
            outcomes[ended.Outcome] = outcomes.GetValueOrDefault(ended.Outcome) + 1;
        }

        output.WriteLine(string.Join(", ", outcomes));
        outcomes.Keys.ShouldBe([FlowOutcome.CallerGone, FlowOutcome.HungUp, FlowOutcome.AgentEnded, FlowOutcome.Failed, FlowOutcome.Closed, FlowOutcome.Deflected], ignoreOrder: true);
    }

    private sealed class RandomCall(Random random)
    {
        private readonly FlowDefinition flow = DemoFlow.Create();
        private FlowState? state;
        private readonly DateTime local = random.Next(5) == 0 ? DemoFlow.ClosedTime : DemoFlow.OpenTime;
        private long epoch;
        private Guid? agentLeg;
        private FlowCommand? pending;

        public List<DomainEvent> Told { get; } = [];

        public void Run()
        {
            Take(Interpreter.Start(flow, DemoFlow.Id, 1, new CallArrived("gw", "1", "2", "t", DemoFlow.Id, 0), Guid.CreateVersion7()));
            for (var turn = 0; state is not null; turn++)
            {
                turn.ShouldBeLessThan(20_000, "stuck");
                Check(state);
                Give(turn > 60 ? Last() : Any());
            }
        }

        private void Check(FlowState s)
        {
            (s.WaitMs is not null || WaitForTheGateway.Contains(s.Phase)).ShouldBeTrue(s.ToString());
            (s.Outcome is not null).ShouldBe(Told.OfType<FlowEnded>().Any());
            var json = JsonSerializer.Serialize(s, EventCatalog.Json);
            JsonSerializer.Serialize(JsonSerializer.Deserialize<FlowState>(json, EventCatalog.Json), EventCatalog.Json).ShouldBe(json);
        }

        private void Give(FlowInput input) => Take(Interpreter.Decide(flow, state!, input, Guid.CreateVersion7(), local));

        private void Take(Decision decision)
        {
            state = decision.State;
            Told.AddRange(decision.Actions.OfType<FlowAction.Tell>().Select(t => t.Event));
            var commands = decision.Actions.OfType<FlowAction.Send>().ToList();
            commands.Count.ShouldBeLessThanOrEqualTo(1);
            pending = commands.Count == 1 ? commands[0].Command : pending;
            commands.ForEach(c => (c.Command is FlowCommand.Take || state!.HasControl || state.Phase == Phase.HangingUp).ShouldBeTrue($"{c} without control"));
        }

        private FlowInput.Told Last() => new FlowInput.Told(random.Next(2) == 0 ? new CallClosed() : new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp));

        private FlowInput Any() => random.Next(20) switch
        {
            0 => new FlowInput.DeadlinePassed(),
            1 => new FlowInput.CommandFailed(new CommandResult(state!.CommandId, (CommandOutcome)random.Next(6), epoch, null)),
            2 when random.Next(4) == 0 => new FlowInput.Told(new LegEnded(LegRole.Caller, null, (LegEnd)random.Next(5))),
            3 when state!.Phase == Phase.Waiting => Connect(),
            4 => new FlowInput.Told(new ControlChanged((ControlHolder)random.Next(4), ++epoch, "random")),
            5 or 6 when agentLeg is { } leg => new FlowInput.Told(new LegEnded(LegRole.Agent, null, (LegEnd)random.Next(5)) { Leg = leg }),
            8 => new FlowInput.PlaceKnown(new(random.Next(1, 9), random.Next(9) * 1000, 2, 3.5, null), [new("hash", 3_000)]),
            7 => new FlowInput.Told(new PlayFinished(Guid.NewGuid(), PlayOutcome.Finished, 0)),
            _ => Answer(),
        };

        private FlowInput.Told Connect()
        {
            agentLeg = Guid.CreateVersion7();
            Give(new FlowInput.Told(new ControlChanged(ControlHolder.Routing, ++epoch, "connect")));
            return new(new AgentAnswered(Guid.NewGuid()) { Leg = agentLeg });
        }

        private FlowInput.Told Recorded(Guid message)
        {
            Give(new FlowInput.Told(new RecordingStarted(message, null)));
            if (state!.Message is not null && random.Next(2) == 0)
            {
                Give(new FlowInput.Told(new LegEnded(LegRole.Caller, null, (LegEnd)random.Next(5))));
            }

            return new(new RecordingEnded(message, 2, 900, random.Next(1000)));
        }

        /// <summary>The gateway does what it was told; a random deadline when there is nothing to do.</summary>
        private FlowInput Answer()
        {
            var command = pending;
            pending = null;
            return command switch
            {
                FlowCommand.Take => new FlowInput.Told(new ControlChanged(ControlHolder.Ivr, ++epoch, "take")),
                FlowCommand.Answer => new FlowInput.Told(new CallAnswered("PCMA")),
                FlowCommand.Say or FlowCommand.Announce => new FlowInput.Told(new PlayFinished(state!.CommandId, random.Next(10) == 0 ? PlayOutcome.Failed : PlayOutcome.Finished, 1)),
                FlowCommand.Ask => new FlowInput.Told(new DigitsCollected(state!.CommandId, (CollectOutcome)random.Next(3), "0123456789*"[random.Next(11)..][..1])),
                FlowCommand.TakeMessage => Recorded(state!.CommandId),
                FlowCommand.End => new FlowInput.Told(new LegEnded(LegRole.Caller, null, LegEnd.Ended)),
                _ => new FlowInput.DeadlinePassed(),
            };
        }
    }
}
