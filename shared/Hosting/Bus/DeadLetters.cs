using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CallCenter.Hosting;

/// <summary>A queue of the <see cref="Topology"/> at the broker now.</summary>
/// <param name="Messages">Not yet taken; null: the queue is not there.</param>
/// <param name="Dead">Those put aside since they could not be read.</param>
public sealed record QueueState(EventQueue Queue, uint? Messages, uint? Consumers, uint Dead);

/// <summary>A message that was put aside: what it says of itself, and its beginning.</summary>
public sealed record DeadLetter(string Queue, string Type, string Beginning);

/// <summary>For those who run the house: what is in the broker's queues, what was put aside, and sending it again.</summary>
public sealed class DeadLetters : IAsyncDisposable
{
    /// <summary>Looked at or sent again in one go.</summary>
    public const int AtOnce = 1000;

    private const int BeginningMax = 200;
    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    private readonly IConnection _connection;

    private DeadLetters(IConnection connection) => _connection = connection;

    /// <summary>Throws <see cref="InvalidOperationException"/> with advice when the broker does not answer.</summary>
    public static async Task<DeadLetters> Open(Uri broker, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(broker);
        try
        {
            return new(await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(ct));
        }
        catch (BrokerUnreachableException e)
        {
            throw new InvalidOperationException($"RabbitMQ at {broker.Host}:{broker.Port} does not answer: {e.InnerException?.Message ?? e.Message}", e);
        }
    }

    /// <summary>Every queue of the topology.</summary>
    public async Task<IReadOnlyList<QueueState>> Queues(CancellationToken ct)
    {
        var states = new List<QueueState>();
        foreach (var queue in Topology.Queues)
        {
            var (state, dead) = (await Find(queue.Name, ct), await Find(Topology.DeadLettersOf(queue.Name), ct));
            states.Add(new(queue, state?.MessageCount, state?.ConsumerCount, dead?.MessageCount ?? 0));
        }
        return states;
    }

    /// <summary>What was put aside, the oldest first; it stays there.</summary>
    public async Task<IReadOnlyList<DeadLetter>> List(string queue, CancellationToken ct)
    {
        if (await Find(Topology.DeadLettersOf(queue), ct) is null)
        {
            return [];
        }
        var letters = new List<DeadLetter>();
        // What is taken and not acknowledged goes back with the channel.
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: ct);
        while (letters.Count < AtOnce && await channel.BasicGetAsync(Topology.DeadLettersOf(queue), autoAck: false, ct) is { } got)
        {
            letters.Add(Read(queue, got.Body.Span));
        }
        return letters;
    }

    /// <summary>Sends them to the queue again, the oldest first; each leaves its place when the broker has confirmed it in the other. How many.</summary>
    public async Task<int> SendAgain(string queue, CancellationToken ct)
    {
        var dead = await Find(Topology.DeadLettersOf(queue), ct);
        await using var channel = await _connection.CreateChannelAsync(Confirmed, ct);
        var sent = 0;
        // Not more than there were: one that still cannot be read comes back behind them.
        for (; sent < Math.Min(dead?.MessageCount ?? 0, AtOnce) && await channel.BasicGetAsync(Topology.DeadLettersOf(queue), autoAck: false, ct) is { } got; sent++)
        {
            await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties(got.BasicProperties), got.Body, ct);
            await channel.BasicAckAsync(got.DeliveryTag, multiple: false, ct);
        }
        return sent;
    }

    /// <summary>Ends the connection.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // Asking for one that is not there closes the channel.
    private async Task<QueueDeclareOk?> Find(string queue, CancellationToken ct)
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: ct);
        try
        {
            return await channel.QueueDeclarePassiveAsync(queue, ct);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }

    private static DeadLetter Read(string queue, ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body);
        try
        {
            var message = JsonDocument.Parse(text).RootElement.GetProperty("message");
            return new(queue, message.GetProperty("type").GetString() ?? "?", Beginning(message.GetProperty("body").GetRawText()));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new(queue, "unreadable", Beginning(text));
        }
    }

    private static string Beginning(string text) => text.Length <= BeginningMax ? text : text[..BeginningMax] + "…";
}
