using System.Diagnostics;
using CallCenter.Contracts.Telephony;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Hosting;

/// <summary>Carries out commands for calls; a repetition (the same command id) is answered with the first answer.</summary>
public interface IGatewayCommandHandler
{
    /// <summary>The answer. Calls with the same contact may come beside each other: the call's mailbox orders them.</summary>
    Task<CommandResult> Handle(CallCommand command);
}

/// <summary>Sends commands to the gateway that holds the call: directly to one in this process, by the bus to another.</summary>
public sealed class GatewayCommands
{
    private static readonly TimeSpan DefaultExpiry = TimeSpan.FromSeconds(5), RepeatEach = TimeSpan.FromSeconds(1);

    private readonly GatewaysHere _here;
    private readonly IClientFactory _clients;
    private readonly TimeProvider _clock;

    internal GatewayCommands(GatewaysHere here, IClientFactory clients, TimeProvider clock)
    {
        _here = here;
        _clients = clients;
        _clock = clock;
    }

    /// <summary>
    /// Fills in command id, expiry (5 s) and trace where they are unset, sends, and repeats each second until the answer comes or
    /// the time is over; then the result is <see cref="CommandOutcome.Expired"/>, and the gateway does not carry it out later.
    /// </summary>
    public async Task<CommandResult> Send(CallCommand command, CancellationToken ct)
    {
        if (command.Tenant == Guid.Empty || command.Contact == Guid.Empty || command.Gateway.Length == 0)
        {
            throw new ArgumentException($"{command.GetType().Name} names no tenant, contact or gateway.", nameof(command));
        }
        var now = _clock.GetUtcNow();
        // Without a trace of its own the command belongs to the work under way.
        ActivityContext.TryParse(command.TraceParent, null, out var cause);
        using var span = Telemetry.Source.StartActivity($"command {command.GetType().Name}", ActivityKind.Client, cause)
            ?.SetTag("callcenter.tenant", command.Tenant).SetTag("callcenter.contact", command.Contact);
        var stamped = command with
        {
            CommandId = command.CommandId == Guid.Empty ? Guid.CreateVersion7(now) : command.CommandId,
            Expires = command.Expires == default ? now + DefaultExpiry : command.Expires,
            TraceParent = span?.Id ?? command.TraceParent ?? Activity.Current?.Id,
        };
        var result = await Repeat(stamped, ct);
        span?.SetTag("callcenter.outcome", result.Outcome.ToString());
        return result;
    }

    internal static string Queue(string instance) => $"telephony.{instance}";

    // Every repetition waits for its own answer until the expiry; the first answer to any of them counts.
    private async Task<CommandResult> Repeat(CallCommand command, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var attempts = new List<Task<CommandResult>>();
        try
        {
            while (_clock.GetUtcNow() < command.Expires)
            {
                attempts.Add(Ask(command, over.Token));
                var pause = Task.Delay(Shorter(RepeatEach, command.Expires - _clock.GetUtcNow()), _clock, over.Token);
                var first = await Task.WhenAny([pause, .. attempts]);
                if (first is Task<CommandResult> answered)
                {
                    return await answered;
                }
                ct.ThrowIfCancellationRequested();
            }
            return new(command.CommandId, CommandOutcome.Expired, command.Epoch, "The gateway did not answer in time.");
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    // Not on the caller's own scheduler: a grain's turn ends without the gateway's work.
    private Task<CommandResult> Ask(CallCommand command, CancellationToken ct) => _here.Find(command.Gateway) is { } gateway
        ? Task.Run(() => gateway.Carry(command, ct), ct)
        : AskByBus(command, ct);

    private async Task<CommandResult> AskByBus(CallCommand command, CancellationToken ct)
    {
        var timeToLive = command.Expires - _clock.GetUtcNow();
        // The exchange goes with the gateway's queue; one without a queue, that of a gateway which is gone, drops the message.
        var client = _clients.CreateRequestClient<GatewayCommand>(new Uri($"exchange:{Queue(command.Gateway)}?temporary=true"), RequestTimeout.After(ms: (int)Math.Max(1, timeToLive.TotalMilliseconds) + 1000));
        var response = await client.GetResponse<CommandResult>(new GatewayCommand(command), x => x.UseExecute(c => c.TimeToLive = timeToLive), ct);
        return response.Message;
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b < TimeSpan.Zero ? TimeSpan.Zero : b;
}

/// <summary>Registers the receiving side.</summary>
public static class GatewayCommandExtensions
{
    private const int CommandsInHand = 64;

    /// <summary>Takes the commands of this gateway instance.</summary>
    public static void AddGatewayCommandConsumer<THandler>(this IHostApplicationBuilder builder, string instance) where THandler : class, IGatewayCommandHandler
    {
        builder.Services.TryAddSingleton<THandler>();
        builder.Registered<CommandQueues>().Add(new(GatewayCommands.Queue(instance), CommandsInHand,
            services => new GatewayCommandConsumer(services.GetRequiredService<THandler>(), services.GetRequiredService<TimeProvider>())));
    }
}

/// <summary>A queue of commands of this host.</summary>
internal sealed record CommandQueue(string Queue, int Concurrency, Func<IServiceProvider, GatewayCommandConsumer> Consumer);

/// <summary>The queues of commands of this host.</summary>
internal sealed class CommandQueues : List<CommandQueue>;

/// <summary>The gateways in this process: commands reach them as the objects that they are.</summary>
internal sealed class GatewaysHere(CommandQueues queues, IServiceProvider services)
{
    private readonly Dictionary<string, Lazy<GatewayCommandConsumer>> _consumers =
        queues.ToDictionary(queue => queue.Queue, queue => new Lazy<GatewayCommandConsumer>(() => queue.Consumer(services)), StringComparer.Ordinal);

    /// <summary>Null when the instance is elsewhere or gone.</summary>
    public GatewayCommandConsumer? Find(string instance) => _consumers.GetValueOrDefault(GatewayCommands.Queue(instance))?.Value;
}

internal sealed class GatewayCommandConsumer(IGatewayCommandHandler handler, TimeProvider clock) : IConsumer<GatewayCommand>
{
    public async Task Consume(ConsumeContext<GatewayCommand> context) => await context.RespondAsync(await Carry(context.Message.Command, context.CancellationToken));

    /// <summary>Has the gateway carry it out within its time.</summary>
    public async Task<CommandResult> Carry(CallCommand command, CancellationToken ct)
    {
        ActivityContext.TryParse(command.TraceParent, null, isRemote: true, out var parent);
        using var span = Telemetry.Source.StartActivity($"handle {command.GetType().Name}", ActivityKind.Server, parent)
            ?.SetTag("callcenter.tenant", command.Tenant).SetTag("callcenter.contact", command.Contact);
        var left = command.Expires - clock.GetUtcNow();
        return left <= TimeSpan.Zero ? Expired(command, "The command came too late.") : await InTime(command, left, ct);
    }

    private async Task<CommandResult> InTime(CallCommand command, TimeSpan left, CancellationToken ct)
    {
        try
        {
            return await handler.Handle(command).WaitAsync(left, clock, ct);
        }
        catch (TimeoutException)
        {
            return Expired(command, "The gateway did not carry it out in time.");
        }
    }

    private static CommandResult Expired(CallCommand command, string detail) => new(command.CommandId, CommandOutcome.Expired, command.Epoch, detail);
}
