using System.Text.Json;
using CallCenter.Contracts;
using MassTransit;

namespace CallCenter.Hosting;

/// <summary>An event as the broker carries it.</summary>
/// <param name="Type">Its wire name.</param>
/// <param name="Body">As it is stored: <see cref="EventCatalog.Json"/>.</param>
internal sealed record EventEnvelope(string Type, JsonElement Body)
{
    public static EventEnvelope Of(DomainEvent e) => new(e.GetType().Name, JsonSerializer.SerializeToElement(e, e.GetType(), EventCatalog.Json));

    /// <exception cref="JsonException">The body is not of the type's form.</exception>
    public DomainEvent Read(Type type) =>
        (DomainEvent)(Body.Deserialize(type, EventCatalog.Json) ?? throw new JsonException($"event {Type} is null"));
}

/// <summary>Hands events from the broker to an endpoint; acknowledged when that has done with them, and given back when it cannot.</summary>
internal sealed class EnvelopeConsumer(Subscription subscription, TakeMessage apply) : IConsumer<EventEnvelope>
{
    private readonly Dictionary<string, Type> _types = subscription.Types.Where(type => type.IsSubclassOf(typeof(DomainEvent))).ToDictionary(type => type.Name, StringComparer.Ordinal);

    public async Task Consume(ConsumeContext<EventEnvelope> context)
    {
        // A service's exchange has all of its events; those of types that the endpoint does not follow are none of its streams.
        if (!_types.TryGetValue(context.Message.Type, out var type))
        {
            return;
        }

        DomainEvent e;
        try
        {
            e = context.Message.Read(type);
        }
        catch (JsonException)
        {
            var dead = await context.GetSendEndpoint(new Uri($"queue:{Topology.DeadLettersOf(subscription.Queue)}"));
            await dead.Send(context.Message);
            return;
        }

        await apply(e, context.CancellationToken);
    }
}
