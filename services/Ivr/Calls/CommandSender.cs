using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Ivr.Calls;

/// <summary>
/// Sends commands after their decision is committed: those of a contact one after another, contacts beside each other. What
/// became of each is handed back.
/// </summary>
internal sealed class CommandSender : IDisposable
{
    /// <summary>A flow has at most one command it waits for; more are only those it gave up.</summary>
    public const int MaxPerContact = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Queue<Work>> _contacts = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;

    private readonly GatewayCommands _gateway;
    private readonly ILogger _logger;

    public CommandSender(GatewayCommands gateway, ILogger<CommandSender> logger) => (_gateway, _logger, _stopping) = (gateway, logger, _stop.Token);

    private readonly record struct Work(CallCommand Command, Func<CommandResult, CancellationToken, Task> Done);

    /// <summary>Takes the command; <paramref name="done"/> is called with its result before the contact's next command is sent.</summary>
    public void Send(CallCommand command, Func<CommandResult, CancellationToken, Task> done)
    {
        lock (_gate)
        {
            if (!_contacts.TryGetValue(command.Contact, out var waiting))
            {
                _contacts[command.Contact] = waiting = new();
                waiting.Enqueue(new(command, done));
                _ = Task.Run(() => SendAll(command.Contact));
            }
            else if (waiting.Count < MaxPerContact)
            {
                waiting.Enqueue(new(command, done));
            }
            else
            {
                Log.CommandDropped(_logger, command.GetType().Name, command.Tenant, command.Contact);
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task SendAll(Guid contact)
    {
        try
        {
            while (Next(contact) is { } work)
            {
                await work.Done(await SendOne(work.Command, _stopping), _stopping);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The flow's row has the command: it is sent again at the next start.
        }
        catch (Exception e)
        {
            Log.ResultLost(_logger, e, contact);
            lock (_gate)
            {
                _contacts.Remove(contact);
            }
        }
    }

    private Work? Next(Guid contact)
    {
        lock (_gate)
        {
            if (_contacts[contact].TryDequeue(out var work))
            {
                return work;
            }

            _contacts.Remove(contact);
            return null;
        }
    }

    private async Task<CommandResult> SendOne(CallCommand command, CancellationToken ct)
    {
        CommandResult result;
        try
        {
            result = await _gateway.Send(command, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            result = new(command.CommandId, CommandOutcome.Expired, command.Epoch, e.Message);
        }

        if (result.Outcome != CommandOutcome.Done)
        {
            Log.CommandNotDone(_logger, command, result);
            Telemetry.CommandsFailed.Add(1, new KeyValuePair<string, object?>("outcome", result.Outcome.ToString()));
        }

        return result;
    }
}
