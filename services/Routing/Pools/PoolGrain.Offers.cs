using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>The way of a match to the agent's phone: reserved, committed, rung. What fails on it is put back or tried again.</summary>
internal sealed partial class PoolGrain
{
    private void Offer(Match? match)
    {
        if (match is not null)
        {
            _ = Guard(() => Make(match), match.Place.Tenant, match.Place.Contact);
        }
    }

    /// <summary>Steps 2 to 4 of an offer. Whoever is gone meanwhile, the other side looks again.</summary>
    private async Task Make(Match match)
    {
        using var span = Telemetry.StartFor(match.Place.Trace, "offer", match.Place.Tenant, match.Place.Contact);
        var started = clock.GetTimestamp();
        var leg = Guid.CreateVersion7(clock.GetUtcNow());
        var agent = GrainFactory.GetGrain<IAgentGrain>(match.Agent.Agent.ToString());
        var reservation = await Reserve(agent, match, leg);
        var isWaiting = ReferenceEquals(pool.Find(match.Place.Contact), match.Place);
        var freed = Settle(match.Agent.Agent, reservation.News);
        if (reservation.IsReserved && isWaiting)
        {
            var offered = match.Place with { Offer = new PlaceOffer(leg, match.Agent.Agent, clock.Now().AddMilliseconds(match.Queue.OfferTimeoutMs), match.Choice) };
            Put(offered);
            Save(offered, [new ContactOffered(offered.Queue, offered.Offer.Agent, offered.Offer.Deadline, match.Choice.Text()) { Leg = leg }]);
            telemetry.Offered(clock.GetElapsedTime(started));
            await Ring(offered);
        }
        else if (reservation.IsReserved)
        {
            await agent.Release(leg, nameof(OfferOutcome.CallerGone));
        }
        else if (isWaiting)
        {
            Offer(Put(match.Place));
        }

        Offer(freed);
    }

    /// <summary>The reserving is over: the agent's news say whether it is free. One that could not be asked is left alone for a while.</summary>
    private Match? Settle(Guid agent, AgentNews? news)
    {
        if (news is null)
        {
            After(RetryPause, () => Offer(Now(now => pool.Return(agent, now))));
            return null;
        }

        return Now(now =>
        {
            pool.Put(View(news), now);
            return pool.Return(agent, now);
        });
    }

    private async Task<Reservation> Reserve(IAgentGrain agent, Match match, Guid leg)
    {
        try
        {
            return await agent.Reserve(
                new EngagementMessage(match.Place.Tenant, match.Place.Contact, leg), match.Queue.Strategy == AgentStrategy.RoundRobin ? match.Queue.Id : null);
        }
#pragma warning disable CA1031 // Told in the log; the contact looks for another agent.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ReserveFailed(logger, match.Agent.Agent, match.Place.Tenant, match.Place.Contact, failure);
            return new Reservation(false, null);
        }
    }

    /// <summary>The contact takes the offer over, and rings when that is durable; when it cannot, it is asked again while the offer stands.</summary>
    private async Task Ring(Place place)
    {
        var queue = pool.Settings(place.Tenant, place.Queue);
        var offer = new OfferMessage(
            place.Offer!.Leg, place.Offer.Agent, place.Queue, place.Offer.Deadline, queue.OfferTimeoutMs, queue.WrapUpMs, queue.Record,
            place.Offer.Choice is { } choice ? RoutingStore.Write(choice) : null, Given(place.Contact));
        try
        {
            await store.Settled(await Contact(place.Tenant, place.Contact).Offer(offer));
        }
#pragma warning disable CA1031 // Asked again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ContactNotTold(logger, place.Tenant, place.Contact, failure);
            After(RetryPause, () => _ = ReferenceEquals(pool.Find(place.Contact), place) ? Ring(place) : Task.CompletedTask);
        }
    }
}
