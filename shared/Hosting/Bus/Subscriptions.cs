using MassTransit;

namespace CallCenter.Hosting;

/// <summary>What is done with a message of an endpoint.</summary>
internal delegate Task TakeMessage(object message, CancellationToken ct);

/// <summary>An endpoint of the bus as a service registered it.</summary>
/// <param name="HasInbox">Its application is what makes an event delivered.</param>
/// <param name="Concurrency">Messages taken and not yet done. Kept small: the in-memory transport wakes that many readers for each message.</param>
internal sealed record Subscription(string Queue, IReadOnlyList<Type> Types, bool HasInbox, int Concurrency, Func<IServiceProvider, TakeMessage> Target)
{
    /// <summary>Told each time when the way to the broker is there.</summary>
    public Action<IServiceProvider>? Connected { get; init; }
}

/// <summary>The endpoints of this host.</summary>
internal sealed class Subscriptions
{
    private readonly List<Subscription> _all = [];
    private readonly Dictionary<Type, List<string>> _withInbox = [];

    public IReadOnlyList<Subscription> All => _all;

    public void Add(Subscription subscription)
    {
        if (_all.Exists(s => s.Queue == subscription.Queue))
        {
            throw new InvalidOperationException($"The endpoint '{subscription.Queue}' is registered twice.");
        }
        _all.Add(subscription);
        foreach (var type in subscription.HasInbox ? subscription.Types : [])
        {
            if (!_withInbox.TryGetValue(type, out var queues))
            {
                _withInbox.Add(type, queues = []);
            }
            queues.Add(subscription.Queue);
        }
    }

    /// <summary>The endpoints with an inbox that take the event.</summary>
    public IReadOnlyList<string> WithInbox(Type type) => _withInbox.GetValueOrDefault(type) ?? [];
}

/// <summary>Hands a message of the bus to its endpoint's target; acknowledged when that is done.</summary>
internal sealed class MessageConsumer<T>(TakeMessage take) : IConsumer<T> where T : class
{
    public Task Consume(ConsumeContext<T> context) => take(context.Message, context.CancellationToken);
}
