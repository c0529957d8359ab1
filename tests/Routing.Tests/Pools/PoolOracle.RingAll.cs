using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

/// <summary>Contacts that several agents are asked to take at once.</summary>
internal sealed partial class PoolOracle
{
    private readonly Dictionary<Guid, Ring> ringing = [];

    /// <summary>Somebody accepts, the caller leaves, or nobody has accepted and all are asked anew.</summary>
    private void EndRing()
    {
        var contact = ringing.Keys.ElementAt(random.Next(ringing.Count));
        ringing.Remove(contact, out var ring);
        if (random.Next(3) is var how and < 2)
        {
            pool.Drop(contact);
            Waited(ring!.Place, isAnswered: how == 0);
            return;
        }

        var again = ring!.Place.Offers.Aggregate(ring.Place, (place, offer) => place.Without(offer.Leg));
        waiting[contact] = again;
        var agent = AgentFor(again);
        Expect(agent is null ? null : (again, agent), pool.Put(again, now));
    }

    /// <summary>The agent was reserved, and whoever else may take the contact is asked too, the longest idle first.</summary>
    private void Rings(Ring ring, Match match)
    {
        var place = pool.Reserved(match)!;
        ring.Place = place with { Offers = [.. place.Offers, new PlaceOffer(NewId(), match.Agent.Agent, now)] };
        pool.Put(ring.Place, now).ShouldBeNull();
        var others = pool.AskOthers(match.Place.Contact, now);
        var expected = new List<(Place, AgentView)>();
        while (Free().Where(agent => CanAsk(ring, agent)).OrderBy(agent => agent.IdleSince).ThenBy(agent => agent.Agent).FirstOrDefault() is { } next)
        {
            expected.Add((ring.Place, next));
            Take(expected[^1]);
        }

        others.Count.ShouldBe(expected.Count);
        foreach (var (other, pair) in others.Zip(expected))
        {
            Same(other, pair);
        }
    }

    private bool CanAsk(Ring ring, AgentView agent) => QueueOf(ring.Place) is { Record.Strategy: AgentStrategy.RingAll } queue
        && ring.Asked.Count < RingRound.AgentsMax && !ring.Asked.Contains(agent.Agent) && queue.OpenFrom(agent) <= now - ring.Place.Since;

    /// <summary>A contact that several agents are asked to take.</summary>
    private sealed class Ring(Place place)
    {
        public Place Place { get; set; } = place;

        public HashSet<Guid> Asked { get; init; } = [];
    }
}
