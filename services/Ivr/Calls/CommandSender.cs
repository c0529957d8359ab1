using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Ivr.Calls;

/// <summary>
/// Sends commands after their decision is committed: those of a contact one after another, contacts beside each other. What
/// became of each is handed back.
/// </summary>
internal sealed class CommandSender(GatewayCommands gateway, ILogger<CommandSender> logger) : IDisposable
{
    /// <summary>A flow has at most one command it waits for; more are only those it gave up.</summary>
    public const int MaxPerContact = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Queue<Work>> _contacts = [];
    private readonly CancellationTokenSource _stopping = new();

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
                Log.CommandDropped(logger, command.GetType().Name, command.Tenant, command.Contact);
            }
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task SendAll(Guid contact)
    {
        var stopping = _stopping.Token;
        try
        {
            while (Next(contact) is { } work)
            {
                await work.Done(await SendOne(work.Command, stopping), stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The flow's row has the command: it is sent again at the next start.
        }
        catch (Exception e)
        {
            Log.ResultLost(logger, e, contact);
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
            result = await gateway.Send(command, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            result = new(command.CommandId, CommandOutcome.Expired, command.Epoch, e.Message);
        }

        if (result.Outcome != CommandOutcome.Done)
        {
            Log.CommandNotDone(logger, command.GetType().Name, result.Outcome, result.Detail, command.Tenant, command.Contact);
            Telemetry.CommandsFailed.Add(1, new KeyValuePair<string, object?>("outcome", result.Outcome.ToString()));
        }

        return result;
    }
}
