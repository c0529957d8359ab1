using System.Diagnostics;
using CallCenter.Contracts;
using Orleans;

namespace CallCenter.Routing.Contacts;

/// <summary>The way of a turn's decisions to the database: given on top of what pool and agents gave for them; what is to leave leaves when they are durable.</summary>
internal sealed partial class ContactGrain
{
    private bool HasNothing(Decision decision) => decision.State == state && decision.Effects.Count == 0;

    /// <summary>Completes when the decision is durable.</summary>
    private async Task Carry(Decision decision)
    {
        if (!HasNothing(decision))
        {
            await (await Give(turn => Take(turn, decision))).Written;
        }
    }

    /// <summary>Decisions that follow each other and are committed together: nothing leaves before. The contact is this from here on.</summary>
    private async Task<(Guid? Change, Task Written)> Give(Func<Pending, Task> decide)
    {
        var turn = new Pending(state);
        try
        {
            await decide(turn);
        }
        catch (Exception failure)
        {
            LeaveAfter(failure);
            throw;
        }

        if (turn.Decisions == 0)
        {
            return (given, Task.CompletedTask);
        }

        var change = ChangeTo(turn);
        (state, version, given) = (turn.State, version + 1, change.Id);
        Arm();
        return (given, Write(change, turn));
    }

    private async Task Write(Change change, Pending turn)
    {
        try
        {
            await store.Commit(change);
        }
        catch (Exception failure)
        {
            LeaveAfter(failure);
            throw;
        }

        turn.Commands.ForEach(Send);
        if (turn.State.HasEnded)
        {
            // Nobody asks for it any more, as a rule: memory holds the contacts that go on.
            DeactivateOnIdle();
        }

        // Turns of their own, not awaited: the contact's next events must not wait for the gateway's answer.
        turn.HandOns.ForEach(asked => _ = AskHandOn(asked));
    }

    private void LeaveAfter(Exception failure)
    {
        DeactivateOnIdle();
        _ = FailedCommit.Wake(failure, Self().Wake, this.GetPrimaryKeyString(), clock, logger);
    }

    private Change ChangeTo(Pending turn)
    {
        var next = turn.State;
        var row = new Row(StateTable.Contacts, next.Id, next.Tenant, version, RoutingStore.Write(next), next.HasEnded)
        {
            FoundBy = new(next.Caller, next.LastAgent, next.Callback?.Queue),
        };
        var told = turn.Events.Select(DomainEvent (e) => e with { OccurredAt = e.OccurredAt == default ? clock.Now() : e.OccurredAt, TraceParent = Activity.Current?.Id });
        turn.StandOn(given);
        return new Change([row], [.. told]) { After = turn.After };
    }

    /// <summary>What a turn has decided so far.</summary>
    private sealed class Pending(ContactState state)
    {
        public ContactState State { get; set; } = state;

        public int Decisions { get; set; }

        public List<ContactEvent> Events { get; } = [];

        public List<Effect> Commands { get; } = [];

        /// <summary>What phones asked for.</summary>
        public List<HandOnMessage> HandOns { get; } = [];

        /// <summary>What pool and agents gave for it, and the contact before: written before, or this is not.</summary>
        public List<Guid> After { get; } = [];

        public void StandOn(Guid? change)
        {
            if (change is { } given)
            {
                After.Add(given);
            }
        }
    }
}
