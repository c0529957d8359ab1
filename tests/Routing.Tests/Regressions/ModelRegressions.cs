using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Contacts;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Routing.Tests.Regressions;

/// <summary>Faults that random histories have found (Model/README.md), each by the rule that was wrong.</summary>
public class ModelRegressions
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Queue = Guid.NewGuid();
    private static readonly AgentLeg Offered = new(Guid.NewGuid(), Guid.NewGuid(), Queue, LegPhase.Offered, Start.AddSeconds(20), 20_000, 15_000, null);

    private static ContactState Waiting => new() { Id = Guid.CreateVersion7(), Tenant = Guid.NewGuid(), Gateway = "gw", Queue = Queue, QueuedAt = Start };

    /// <summary>A restart repeats the connection with a new control epoch: the gateway must know it as the one that was made, and not refuse it.</summary>
    [Fact]
    public async Task Conversation_ended_by_a_restart()
    {
        var gateway = new Remembering();
        var calls = new CallControl(gateway, NullLogger<CallControl>.Instance);
        foreach (var epoch in new[] { 1, 2 })
        {
            (await calls.Connect(new CallAddress(Guid.NewGuid(), Guid.NewGuid(), "gw", epoch), Offered)).ShouldBeTrue();
        }

        gateway.Commands.OfType<TakeControl>().Select(command => command.CommandId).Distinct().Count().ShouldBe(2);
        gateway.Commands.OfType<ConnectAgent>().Select(command => command.CommandId).Distinct().Count().ShouldBe(1);
    }

    /// <summary>The leg was taken back, and its agent has another caller by now.</summary>
    [Fact]
    public void Agent_taken_out_of_a_conversation_by_a_late_answer()
    {
        var state = Waiting with { Legs = [Offered with { Phase = LegPhase.Accepted }] };
        var back = ContactRules.TakeBack(state, Offered.Leg, OfferOutcome.Failed, Start);
        back.Effects.OfType<TakeBack>().Single().Leg.Leg.ShouldBe(Offered.Leg);
        var late = ContactRules.Apply(back.State, new AgentAnswered(Offered.Agent) { Leg = Offered.Leg, OccurredAt = Start });
        late.Effects.ShouldAllBe(effect => effect is TakeBack);
        late.State.Answered.ShouldBeFalse();
    }

    /// <summary>The pool ends the place after the contact's commit: where that fails, the contact still has it.</summary>
    [Fact]
    public void Place_ended_before_the_contact_knows()
    {
        var left = QueueRules.GiveUp(Waiting, Queue, Start, QueueRule.NoAgent, Start).ShouldNotBeNull();
        left.Effects.ShouldBeEmpty();
        left.Events.OfType<QueueLeft>().Single().To.ShouldBeNull();
        QueueRules.IsOffered(Waiting with { Legs = [Offered] }).ShouldBeTrue();
    }

    private sealed class Remembering : IGateways
    {
        public List<CallCommand> Commands { get; } = [];

        public Task<CommandResult> Send(CallCommand command)
        {
            Commands.Add(command);
            return Task.FromResult(new CommandResult(command.CommandId, CommandOutcome.Done, command.Epoch + 1, null));
        }
    }
}
