using System.Collections.Concurrent;
using CallCenter.Contracts;

namespace CallCenter.Hosting;

/// <summary>
/// Knows which subscribed endpoints with an inbox have yet to apply an event, or that the broker has yet to confirm it; outbox and spool
/// wait on it before they forget the event. Holds an entry an unfinished event: the senders' windows bound it.
/// </summary>
public sealed class DeliveryTracker
{
    private readonly ConcurrentDictionary<Guid, Delivery> _open = [];
    private readonly Func<Type, IReadOnlyList<string>> _endpointsOf;

    /// <param name="endpointsOf">To whom events of a type have to come.</param>
    internal DeliveryTracker(Func<Type, IReadOnlyList<string>> endpointsOf) => _endpointsOf = endpointsOf;

    /// <summary>
    /// Completes when every subscribed endpoint with an inbox has applied the event, at once when there is none; or when the broker has it. Call it before
    /// publishing, and publish the event again when it does not complete in 30 s.
    /// </summary>
    public Task Delivered(DomainEvent e)
    {
        var endpoints = _endpointsOf(e.GetType());
        return endpoints.Count == 0 ? Task.CompletedTask : _open.GetOrAdd(e.EventId, _ => new(endpoints)).Task;
    }

    internal void Applied(string endpoint, Guid eventId)
    {
        if (_open.TryGetValue(eventId, out var delivery) && delivery.Applied(endpoint))
        {
            _open.TryRemove(eventId, out _);
        }
    }

    private sealed class Delivery(IReadOnlyList<string> endpoints)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<string> _missing = [.. endpoints];

        public Task Task => _done.Task;

        public bool Applied(string endpoint)
        {
            lock (_missing)
            {
                _missing.Remove(endpoint);
                return _missing.Count == 0 && _done.TrySetResult();
            }
        }
    }
}
