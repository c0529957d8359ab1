using CallCenter.Contracts.Routing;

namespace CallCenter.Routing.Pools;

/// <summary>Contacts that have to leave by a rule of their queue.</summary>
internal sealed partial class Pool
{
    /// <summary>Whether the queue has as many contacts as it takes.</summary>
    public bool IsFull(Guid tenant, Guid queue) => StateOf(tenant, queue) is { Settings.MaxLength: { } most } state && state.Present.Count >= most.Contacts;

    /// <summary>Who has to leave by a rule of its queue; nobody else is offered them meanwhile.</summary>
    public List<Departure> Depart(DateTimeOffset now)
    {
        var leaving = new List<Departure>();
        foreach (var contact in departures.TakeOverdue(now.UtcTicks))
        {
            var place = places[contact];
            Hold(place);
            leaving.Add(new(place, QueueRule.MaxWait, queues[place.Queue].Settings.MaxWait!.Queue));
        }

        foreach (var (state, rule) in departures.TakeUnserved(overflows))
        {
            foreach (var contact in state.Waiting.Contacts().Where(contact => !places[contact].IsCallback))
            {
                Hold(places[contact]);
                leaving.Add(new(places[contact], QueueRule.NoAgent, rule.Queue));
            }
        }

        return leaving;
    }

    private void Hold(Place place)
    {
        departures.Leave(place.Contact);
        queues[place.Queue].WaitNoMore(place);
        Refresh(queues[place.Queue]);
    }
}
