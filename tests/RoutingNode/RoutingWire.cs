using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;

namespace CallCenter.RoutingNode;

/// <summary>
/// Contracts in their JSON form between a test or a load and Routing's process, one a line behind its kind: an event's own name, <c>&gt;</c> a command, <c>&lt;</c> its answer,
/// <c>+</c> the id of an event that is applied, <c>!</c> whether the process leads.
/// What is sent leaves as soon as the line before it has: many at once leave together.
/// </summary>
internal sealed class RoutingWire : IAsyncDisposable
{
    private const string CommandKind = ">", AnswerKind = "<", AppliedKind = "+", LeadsKind = "!";

    private readonly Channel<string> outgoing = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Stream stream;
    private readonly Task writing;

    public RoutingWire(Stream stream)
    {
        this.stream = stream;
        writing = Write();
    }

    public void Send(DomainEvent e) => outgoing.Writer.TryWrite($"{e.GetType().Name} {EventCatalog.Write(e)}\n");

    public void Send(CallCommand command) => outgoing.Writer.TryWrite($"{CommandKind} {JsonSerializer.Serialize(command, EventCatalog.Json)}\n");

    public void Send(CommandResult answer) => outgoing.Writer.TryWrite($"{AnswerKind} {JsonSerializer.Serialize(answer, EventCatalog.Json)}\n");

    public void Applied(Guid eventId) => outgoing.Writer.TryWrite($"{AppliedKind} {eventId}\n");

    public void Leads(bool leads) => outgoing.Writer.TryWrite($"{LeadsKind} {leads}\n");

    /// <summary>Hands over what comes, in order, until the other side closes.</summary>
    public async Task Read(WireEnd end)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 65_536, leaveOpen: true);
        while (await reader.ReadLineAsync() is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (kind, body) = (line[..space], line[(space + 1)..]);
            switch (kind)
            {
                case CommandKind:
                    end.Command(JsonSerializer.Deserialize<CallCommand>(body, EventCatalog.Json)!);
                    break;
                case AnswerKind:
                    end.Answer(JsonSerializer.Deserialize<CommandResult>(body, EventCatalog.Json)!);
                    break;
                case AppliedKind:
                    end.Applied(Guid.Parse(body));
                    break;
                case LeadsKind:
                    end.Leads(bool.Parse(body));
                    break;
                default:
                    end.Event(EventCatalog.Read(kind, body));
                    break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        outgoing.Writer.TryComplete();
        await writing;
        await stream.DisposeAsync();
    }

    private async Task Write()
    {
        try
        {
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false), bufferSize: 65_536, leaveOpen: true);
            while (await outgoing.Reader.WaitToReadAsync())
            {
                while (outgoing.Reader.TryRead(out var line))
                {
                    await writer.WriteAsync(line);
                }

                await writer.FlushAsync();
            }
        }
        catch (IOException)
        {
            // The other side has died: what was on its way dies with it.
            outgoing.Writer.TryComplete();
        }
    }
}

/// <summary>What is done with what comes over a wire.</summary>
internal sealed class WireEnd
{
    public Action<DomainEvent> Event { get; init; } = _ => { };

    public Action<CallCommand> Command { get; init; } = _ => { };

    public Action<CommandResult> Answer { get; init; } = _ => { };

    public Action<Guid> Applied { get; init; } = _ => { };

    public Action<bool> Leads { get; init; } = _ => { };
}
