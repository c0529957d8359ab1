using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Pools;

namespace CallCenter.Routing.Tests.Model;

/// <summary>Routing did what it must never do.</summary>
internal sealed class FaultFound(string what) : Exception(what);

/// <summary>
/// What must hold: some of it always, some of it soon after what was told has been taken, some of it at the end. Nothing is expected while the
/// database is away or news are held back; what is wrong must be right again within the time that the rule gives.
/// </summary>
internal sealed class Checks(World world)
{
    /// <summary>An agent's state is asked for the truth when its deadline passed.</summary>
    private static readonly TimeSpan DeadlineSlack = TimeSpan.FromSeconds(5);

    /// <summary>A leg that Routing has given up and cannot end: each command that is lost costs its expiry, and a history loses a few in a row.</summary>
    private static readonly TimeSpan EndSlack = TimeSpan.FromSeconds(20);

    /// <summary>Conversation: a minute, then the owner is asked.</summary>
    private static readonly TimeSpan AgentTruth = TimeSpan.FromSeconds(75);

    /// <summary>The pool asks again each second, after a failed command in 5.</summary>
    private static readonly TimeSpan PlaceSlack = TimeSpan.FromSeconds(20);

    /// <summary>An offer that nobody has taken over.</summary>
    private static readonly TimeSpan OfferSlack = TimeSpan.FromSeconds(40);

    private readonly Dictionary<string, DateTimeOffset> wrongSince = [];
    private readonly Dictionary<Guid, AgentSnapshot> snapshots = [];
    private readonly HashSet<Guid> offers = [];
    private readonly HashSet<Guid> offersEnded = [];
    private readonly HashSet<Guid> ended = [];

    public void Require(bool holds, string what)
    {
        if (!holds)
        {
            world.Say("FAULT: " + what);
            throw new FaultFound(what);
        }
    }

    /// <summary>A phone begins to ring.</summary>
    public void Rings(SimulatedCall call, PhoneLeg leg)
    {
        var other = world.Calls.SelectMany(one => one.Legs).FirstOrDefault(one => one.Agent == leg.Agent && one.Id != leg.Id);
        Require(other is null, $"agent {leg.Agent} has leg {other?.Id} ({other?.Line}) when leg {leg.Id} of contact {call.Id} rings");
    }

    public void Sent(SimulatedCall call, CallCommand command) =>
        Require(command is not OfferLeg || !call.Telephony.HasToldOfCallersEnd, $"contact {call.Id} rings an agent although Routing knows that the caller has gone");

    /// <summary>Routing has acknowledged an event.</summary>
    public void Taken(DomainEvent e)
    {
        var positions = e is ContactEvent
            ? world.Store.Peek<ContactState>(StateTable.Contacts, e.Stream)?.Positions
            : world.Store.Peek<AgentRecord>(StateTable.Agents, e.Stream)?.Positions;
        Require(positions?.GetValueOrDefault(e.Source) >= e.Sequence, $"{e.GetType().Name} {e.Sequence} of {e.Stream} was acknowledged and is not applied");
    }

    /// <summary>Routing tells something.</summary>
    public void Told(DomainEvent e)
    {
        switch (e)
        {
            case ContactOffered { Leg: { } leg }:
                Require(offers.Add(leg), $"leg {leg} is offered twice");
                break;
            case OfferEnded { Leg: { } leg }:
                Require(offers.Contains(leg), $"the offer of leg {leg} ended and was not told");
                Require(offersEnded.Add(leg), $"the offer of leg {leg} ended twice");
                break;
            case ContactEnded:
                Require(ended.Add(e.Stream), $"contact {e.Stream} ended twice");
                break;
            case AgentChanged changed:
                Require(!snapshots.TryGetValue(e.Stream, out var last) || last with { Deadline = null } == changed.Previous with { Deadline = null }, $"agent {e.Stream} changed from {changed.Previous}, and was {last}");
                snapshots[e.Stream] = changed.Current;
                break;
        }
    }

    /// <summary>At a moment when everything is done that can be.</summary>
    public void Look()
    {
        var isCalm = !world.IsDatabaseAway && world.Lanes.All(lane => lane.IsEmpty);
        if (!isCalm)
        {
            wrongSince.Clear();
            return;
        }

        var wrong = new List<(string What, TimeSpan For)>();
        foreach (var agent in world.Agents)
        {
            wrong.AddRange(OfAgent(agent));
        }

        foreach (var call in world.Calls)
        {
            wrong.AddRange(OfCall(call));
        }

        foreach (var gone in wrongSince.Keys.Except(wrong.Select(one => one.What)).ToList())
        {
            wrongSince.Remove(gone);
        }

        var now = world.Clock.GetUtcNow();
        foreach (var (what, time) in wrong)
        {
            wrongSince.TryAdd(what, now);
            Require(now - wrongSince[what] <= time, $"{what}, since {time.TotalSeconds} s");
        }
    }

    /// <summary>Everybody has gone, and whatever was pending has had its time.</summary>
    public void AtTheEnd()
    {
        foreach (var call in world.Calls)
        {
            Require(ended.Contains(call.Id), $"contact {call.Id} has not ended");
            Require(world.Store.Peek<Place>(StateTable.Places, call.Id) is null, $"contact {call.Id} has ended and still has a place");
        }

        Require(offers.SetEquals(offersEnded), $"{offers.Count} offers, {offersEnded.Count} ended");
        foreach (var agent in world.Agents)
        {
            var row = world.Store.Peek<AgentRecord>(StateTable.Agents, agent.Id)!;
            Require(row.Engagement is null, $"agent {agent.Id} is {row.State} at the end");
            Require(row.Snapshot() with { Deadline = null } == snapshots[agent.Id] with { Deadline = null }, $"agent {agent.Id} is {row.Snapshot()}, and {snapshots[agent.Id]} was told");
        }
    }

    private IEnumerable<(string What, TimeSpan For)> OfAgent(SimulatedAgent agent)
    {
        if (world.Store.Peek<AgentRecord>(StateTable.Agents, agent.Id) is not { } row)
        {
            yield break;
        }

        if (row.Deadline < world.Clock.GetUtcNow())
        {
            yield return ($"agent {agent.Id} is {row.State} beyond {row.Deadline:T}", DeadlineSlack);
        }

        var legs = world.Calls.SelectMany(call => call.Legs).Where(leg => leg.Agent == agent.Id).ToList();
        if (row.Engagement is { } engagement && legs.TrueForAll(leg => leg.Id != engagement.Leg)
            && world.Store.Peek<ContactState>(StateTable.Contacts, engagement.Contact)?.Leg(engagement.Leg) is not { Phase: LegPhase.WrapUp })
        {
            yield return ($"agent {agent.Id} is {row.State} with leg {engagement.Leg}, which is not there", AgentTruth);
        }

        foreach (var leg in legs.Where(leg => leg.Line == Line.Connected && (row.Engagement?.Leg != leg.Id || row.State is not (AgentState.Talking or AgentState.Hold))))
        {
            var isGivenUp = world.Calls.Exists(call => world.Store.Peek<ContactState>(StateTable.Contacts, call.Id)?.Leg(leg.Id) is { TakenBack: not null });
            yield return ($"agent {agent.Id} talks on leg {leg.Id} and is thought {row.State}", isGivenUp ? EndSlack : DeadlineSlack);
        }
    }

    private IEnumerable<(string What, TimeSpan For)> OfCall(SimulatedCall call)
    {
        if (!call.IsOpen || call.Queue is null)
        {
            yield break;
        }

        if (world.Store.Peek<Place>(StateTable.Places, call.Id) is not { } place)
        {
            yield return ($"contact {call.Id} waits and has no place", PlaceSlack);
            yield break;
        }

        foreach (var offer in place.Offers)
        {
            var leg = world.Store.Peek<ContactState>(StateTable.Contacts, call.Id)?.Leg(offer.Leg);
            if (leg is not { IsBeforeAnswer: true })
            {
                yield return ($"contact {call.Id} is offered by leg {offer.Leg}, which is {leg?.Phase.ToString() ?? "unknown to it"}", OfferSlack);
            }
        }

        if (place.Offers.Count == 0 && world.Agents.Find(one => CanTake(one, place)) is { } free)
        {
            yield return ($"contact {call.Id} waits beside agent {free.Id}, who is free", PlaceSlack);
        }
    }

    private bool CanTake(SimulatedAgent agent, Place place) =>
        world.Store.Peek<AgentRecord>(StateTable.Agents, agent.Id) is { CanBeOffered: true } row && row.Queues.Any(entry => entry.Queue == place.Queue);
}
