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

        if (match?.Place.Round is not null)
        {
            pool.AskOthers(match.Place.Contact, clock.Now()).ForEach(other => _ = Guard(() => Make(other), other.Place.Tenant, other.Place.Contact));
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
        var freed = Settle(match.Agent.Agent, reservation.News);
        var place = pool.Reserved(match);
        if (reservation.IsReserved && place is not null)
        {
            var offer = new PlaceOffer(leg, match.Agent.Agent, clock.Now().AddMilliseconds(match.Queue.OfferTimeoutMs), match.Choice);
            var offered = place with { Offers = [.. place.Offers, offer] };
            Put(offered);
            Save(offered, [new ContactOffered(offered.Queue, offer.Agent, offer.Deadline, match.Choice.Text()) { Leg = leg }]);
            telemetry.Offered(clock.GetElapsedTime(started));
            await Ring(offered, offer);
        }
        else if (reservation.IsReserved)
        {
            await agent.Release(leg, nameof(OfferOutcome.CallerGone));
        }
        else if (place is { IsOffered: false })
        {
            Offer(Put(place with { Round = null }));
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
    private async Task Ring(Place place, PlaceOffer offered)
    {
        var queue = pool.Settings(place.Tenant, place.Queue);
        var offer = new OfferMessage(
            offered.Leg, offered.Agent, place.Queue, offered.Deadline, queue.OfferTimeoutMs, queue.WrapUpMs, queue.Record,
            offered.Choice is { } choice ? RoutingStore.Write(choice) : null, Given(place.Contact), place.Round is not null);
        try
        {
            await store.Settled(await Contact(place.Tenant, place.Contact).Offer(offer));
        }
#pragma warning disable CA1031 // Asked again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ContactNotTold(logger, place.Tenant, place.Contact, failure);
            After(RetryPause, () => _ = pool.Find(place.Contact)?.Offers.Contains(offered) == true ? Ring(place, offered) : Task.CompletedTask);
        }
    }
}
