using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CallCenter.Hosting;

/// <summary>Declares the <see cref="Topology"/> before the bus starts. Waits for a broker that is not there yet, then the start fails and says so.</summary>
internal sealed class BrokerDeclaration(Uri broker, TimeProvider clock, ILogger<BrokerDeclaration> logger) : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Between = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Connect(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        foreach (var source in Topology.Sources)
        {
            await channel.ExchangeDeclareAsync(Topology.ExchangeOf(source), ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        }
        foreach (var queue in Topology.Queues)
        {
            await Declare(channel, queue, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Arguments of the services' queues, the same for the bus, which declares them too.</summary>
    public static IReadOnlyDictionary<string, object?> QueueArguments { get; } = new Dictionary<string, object?>
    {
        ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true,
    };

    // The bus has an exchange of the queue's name before each queue.
    private static async Task Declare(IChannel channel, EventQueue queue, CancellationToken ct)
    {
        await channel.ExchangeDeclareAsync(queue.Name, ExchangeType.Fanout, durable: true, cancellationToken: ct);
        await channel.QueueDeclareAsync(queue.Name, durable: true, exclusive: false, autoDelete: false, QueueArguments.ToDictionary(), cancellationToken: ct);
        await channel.QueueBindAsync(queue.Name, queue.Name, "", cancellationToken: ct);
        foreach (var source in queue.Sources)
        {
            await channel.ExchangeBindAsync(queue.Name, Topology.ExchangeOf(source), "", cancellationToken: ct);
        }
    }

    private async Task<IConnection> Connect(CancellationToken ct)
    {
        var from = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(ct);
            }
            catch (BrokerUnreachableException e) when (e.InnerException is AuthenticationFailureException)
            {
                throw new InvalidOperationException($"RabbitMQ at {broker.Host}:{broker.Port} refuses the account '{broker.UserInfo.Split(':')[0]}': correct ConnectionStrings:RabbitMq.");
            }
            catch (BrokerUnreachableException e) when (clock.GetElapsedTime(from) < Patience)
            {
                Log.BrokerAway(logger, broker.Host, broker.Port, e.InnerException?.Message ?? e.Message);
                await Task.Delay(Between, clock, ct);
            }
            catch (BrokerUnreachableException e)
            {
                throw new InvalidOperationException($"RabbitMQ at {broker.Host}:{broker.Port} does not answer ({e.InnerException?.Message ?? e.Message}): start it, or correct ConnectionStrings:RabbitMq.");
            }
        }
    }
}
