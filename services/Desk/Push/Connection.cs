using System.Threading.Channels;
using CallCenter.Hosting;

namespace CallCenter.Desk.Push;

/// <summary>Puts a message on the wire of one connection; completes when the transport has room for it, or is closed.</summary>
internal delegate Task Deliver(Outgoing message);

/// <summary>
/// One browser tab. Messages wait in a bounded queue of its own; when that is full the tab is too slow and is closed: it
/// connects again and reads the present state, which costs less than to send it all that it missed.
/// </summary>
internal sealed class Connection
{
    /// <summary>Messages that wait for a tab: some minutes of a busy wallboard.</summary>
    public const int WaitingMax = 256;

    private readonly Channel<Outgoing> _waiting = Channel.CreateBounded<Outgoing>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly Deliver _deliver;
    private readonly Action _abort;

    /// <param name="abort">Closes the transport.</param>
    public Connection(string id, Caller caller, Deliver deliver, Action abort)
    {
        Id = id;
        Caller = caller;
        Groups = [.. Audience.GroupsOf(caller)];
        _deliver = deliver;
        _abort = abort;
        Sending = Task.Run(Send);
    }

    public string Id { get; }

    public Caller Caller { get; }

    public IReadOnlyList<Group> Groups { get; }

    /// <summary>Grows with each connection that is opened.</summary>
    public long Number { get; set; }

    /// <summary>Ends when the connection is closed and what waited is delivered or dropped.</summary>
    public Task Sending { get; }

    /// <summary>False when the tab is too slow: close it.</summary>
    public bool Offer(Outgoing message) => _waiting.Writer.TryWrite(message);

    /// <summary>Takes no more messages.</summary>
    public void End() => _waiting.Writer.TryComplete();

    /// <summary>Closes the transport too.</summary>
    public void Abort()
    {
        End();
        _abort();
    }

    private async Task Send()
    {
        await foreach (var message in _waiting.Reader.ReadAllAsync())
        {
            await _deliver(message);
        }
    }
}
