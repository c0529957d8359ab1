using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>
/// Contacts that a rule of their queue takes out. To the flow: the contact decides, since it alone ends its waiting; then the place ends.
/// To another queue: 1. the place is moved, which is durable; 2. the contact is told, again after a failure or restart; 3. it is offered there.
/// </summary>
internal sealed partial class PoolGrain
{
    private void Depart(Departure leaving) => _ = Guard(() => leaving.To is { } queue ? Move(leaving, queue) : GiveUp(leaving), leaving.Place.Tenant, leaving.Place.Contact);

    private async Task GiveUp(Departure leaving)
    {
        var place = leaving.Place;
        if (!await IsStill(place))
        {
            return;
        }

        try
        {
            var isGivenUp = await Contact(place.Tenant, place.Contact).GiveUp(place.Queue, place.EnteredAt, leaving.Rule.ToString());
            if (isGivenUp is null)
            {
                After(RetryPause, () => Depart(leaving));
            }
            else if (ReferenceEquals(pool.Find(place.Contact), place))
            {
                Gone(place, isAnswered: false);
                await End(place, []).Written;
            }
        }
#pragma warning disable CA1031 // Asked again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ContactNotTold(logger, place.Tenant, place.Contact, failure);
            After(RetryPause, () => Depart(leaving));
        }
    }

    private async Task Move(Departure leaving, Guid queue)
    {
        if (!await IsStill(leaving.Place))
        {
            return;
        }

        var (before, settings, now) = (leaving.Place, pool.Settings(leaving.Place.Tenant, queue), clock.Now());
        var place = before with { Queue = queue, EnteredAt = now, Cause = Guid.CreateVersion7(now), Moved = new PlaceMove(before.Queue, leaving.Rule), For = null };
        var isFull = pool.IsFull(place.Tenant, queue);
        // Neither answered nor given up here: only what was announced is compared.
        forecasts.Gone(before, isAnswered: false, now);
        Put(place, heldBack: true);
        await Save(place, [new ContactQueued(queue, (long)(now - place.Since).TotalMilliseconds, settings.ShortAbandonMs, settings.ServiceLevelMs) { OccurredAt = now }]).Written;
        await TellMoved(place, isFull);
    }

    /// <summary>Asked again until the contact answers: it is the one who rings for the offers of the new queue.</summary>
    private async Task TellMoved(Place place, bool isFull = false)
    {
        var settings = pool.Settings(place.Tenant, place.Queue);
        try
        {
            var move = new MoveMessage(place.Moved!.From, place.Queue, place.EnteredAt, place.Moved.Rule.ToString(), settings.ShortAbandonMs);
            var isThere = await Contact(place.Tenant, place.Contact).Moved(move);
            await AfterMove(place, isThere, isFull ? settings.MaxLength : null);
        }
#pragma warning disable CA1031 // Asked again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ContactNotTold(logger, place.Tenant, place.Contact, failure);
            After(RetryPause, () => _ = TellMoved(place, isFull));
        }
    }

    private async Task AfterMove(Place place, bool isThere, LengthLimit? full)
    {
        if (!ReferenceEquals(pool.Find(place.Contact), place))
        {
            return;
        }

        if (!isThere)
        {
            await End(place, []).Written;
        }
        else if (full is not null)
        {
            Depart(new(place, QueueRule.MaxLength, full.Queue));
        }
        else
        {
            Offer(Put(place));
        }
    }

    /// <summary>In a turn of its own, after what is being written of the place; false when the place has changed meanwhile.</summary>
    private async Task<bool> IsStill(Place place)
    {
        await Task.Yield();
        return ReferenceEquals(pool.Find(place.Contact), place);
    }
}
