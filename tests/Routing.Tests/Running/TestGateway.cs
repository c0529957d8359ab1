using System.Collections.Concurrent;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Contacts;

namespace CallCenter.Routing.Tests.Running;

/// <summary>A gateway that carries out every command, unless told otherwise, and remembers them; a repeated id is answered as before.</summary>
internal sealed class TestGateway : IGateways
{
    private readonly ConcurrentDictionary<Guid, CommandResult> answers = new();
    private readonly ConcurrentDictionary<Guid, long> epochs = new();

    public ConcurrentQueue<CallCommand> Commands { get; } = new();

    /// <summary>The outcome of a command; Done for all by default.</summary>
    public Func<CallCommand, CommandOutcome> Answer { get; set; } = _ => CommandOutcome.Done;

    /// <summary>Why a command is refused; null when it is not.</summary>
    public Func<CallCommand, string?> Refuse { get; set; } = _ => null;

    /// <summary>What the answer to a command waits for; nothing by default.</summary>
    public Func<CallCommand, Task> Hold { get; set; } = _ => Task.CompletedTask;

    public async Task<CommandResult> Send(CallCommand command)
    {
        // As on the real way: a command without an id of its own gets one.
        var named = command.CommandId == Guid.Empty ? command with { CommandId = Guid.NewGuid() } : command;
        var answer = answers.GetOrAdd(named.CommandId, _ => Carry(named));
        await Hold(named);
        return answer;
    }

    public IEnumerable<T> All<T>(Guid contact) where T : CallCommand => Commands.OfType<T>().Where(command => command.Contact == contact);

    /// <summary>Waits for the n-th command of its kind for the contact.</summary>
    public async Task<T> Command<T>(Guid contact, int number = 1) where T : CallCommand
    {
        await Eventually.Be(() => All<T>(contact).Count() >= number, TimeSpan.FromSeconds(60), $"{typeof(T).Name} {number}");
        return All<T>(contact).ElementAt(number - 1);
    }

    private CommandResult Carry(CallCommand command)
    {
        Commands.Enqueue(command);
        var reason = Refuse(command);
        var outcome = reason is null ? Answer(command) : CommandOutcome.Refused;
        // Of a call that it places itself Routing has control from the beginning.
        var epoch = epochs.GetOrAdd(command.Contact, command is PlaceCall ? 1 : 0);
        if (command is TakeControl && outcome == CommandOutcome.Done)
        {
            outcome = command.Epoch == epoch ? CommandOutcome.Done : CommandOutcome.NotInControl;
            epochs[command.Contact] = outcome == CommandOutcome.Done ? ++epoch : epoch;
        }

        return new CommandResult(command.CommandId, outcome, epoch, null) { Reason = reason };
    }
}
