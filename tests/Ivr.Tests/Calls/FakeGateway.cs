using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.TestKit;

namespace CallCenter.Ivr.Tests.Calls;

/// <summary>A gateway that keeps control epochs and tells what its commands do; it answers a repeated command with the first answer.</summary>
internal sealed class FakeGateway : IGatewayCommandHandler
{
    public const string Name = "gw";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<CallCommand> _commands = Channel.CreateUnbounded<CallCommand>();
    private readonly Dictionary<Guid, CommandResult> _answers = [];
    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _repeated = [];
    private long _epoch;

    /// <summary>The host it tells its events on; another one after a restart.</summary>
    public ServiceHost? Host { get; set; }

    public Guid Tenant { get; } = Guid.CreateVersion7();

    public Guid Contact { get; } = Guid.CreateVersion7();

    /// <summary>Outcome of a command; Done unless set.</summary>
    public Func<CallCommand, CommandOutcome> Outcome { get; set; } = _ => CommandOutcome.Done;

    public Task<CommandResult> Handle(CallCommand command)
    {
        lock (_gate)
        {
            if (_answers.TryGetValue(command.CommandId, out var first))
            {
                _repeated.Add(command.CommandId);
                return Task.FromResult(first);
            }

            var outcome = command.Epoch != _epoch ? CommandOutcome.NotInControl : Outcome(command);
            _epoch += outcome == CommandOutcome.Done && command is TakeControl ? 1 : 0;
            var answer = _answers[command.CommandId] = new CommandResult(command.CommandId, outcome, _epoch, outcome == CommandOutcome.Done ? null : "as the test wants");
            _commands.Writer.TryWrite(command);
            return Task.FromResult(answer);
        }
    }

    /// <summary>The next command, which must be of this kind.</summary>
    public async Task<T> Next<T>() where T : CallCommand
    {
        using var patience = new CancellationTokenSource(Patience);
        var command = (await _commands.Reader.ReadAsync(patience.Token)).ShouldBeOfType<T>();
        (command.Tenant, command.Contact, command.Gateway).ShouldBe((Tenant, Contact, Name));
        return command;
    }

    /// <summary>Whether the command came again after its answer.</summary>
    public bool WasRepeated(Guid command)
    {
        lock (_gate)
        {
            return _repeated.Contains(command);
        }
    }

    public bool Idle => _commands.Reader.Count == 0;

    public Task Tell(ContactEvent e) => Host!.Tell(e with { Tenant = Tenant, Stream = Contact });

    public Task Arrive(Guid flow) => Tell(new CallArrived(Name, "0401234567", "0912345", "trunk", flow, 0));

    /// <summary>Another holder takes the call, or gives it back.</summary>
    public Task Hand(ControlHolder holder)
    {
        lock (_gate)
        {
            _epoch++;
        }

        return Tell(new ControlChanged(holder, _epoch, "test"));
    }

    /// <summary>Control, answer and the greeting, up to the question of the menu.</summary>
    public async Task<Collect> ToMenu(Guid flow)
    {
        await Arrive(flow);
        (await Next<TakeControl>()).Holder.ShouldBe(ControlHolder.Ivr);
        await Tell(new ControlChanged(ControlHolder.Ivr, _epoch, "taken"));
        await Next<AnswerCall>();
        await Tell(new CallAnswered("PCMA"));
        var greeting = await Next<Play>();
        await Tell(new PlayFinished(greeting.CommandId, PlayOutcome.Finished, 900));
        return await Next<Collect>();
    }
}
