using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Benchmarks.Acd;

/// <summary>
/// Contracts in their JSON form between the load and Routing's process, one a line behind its kind: <c>event</c>'s own name, <c>&gt;</c> a command, <c>&lt;</c> its answer.
/// What is sent leaves as soon as the line before it has: many at once leave together.
/// </summary>
internal sealed class AcdWire : IAcdRouter, IAsyncDisposable
{
    private const string CommandKind = ">", AnswerKind = "<";

    private readonly Channel<string> outgoing = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Stream stream;
    private readonly Task writing;

    public AcdWire(Stream stream)
    {
        this.stream = stream;
        writing = Write();
    }

    public void Send(DomainEvent e) => outgoing.Writer.TryWrite($"{e.GetType().Name} {EventCatalog.Write(e)}\n");

    public void Send(CallCommand command) => outgoing.Writer.TryWrite($"{CommandKind} {JsonSerializer.Serialize(command, EventCatalog.Json)}\n");

    public void Send(CommandResult answer) => outgoing.Writer.TryWrite($"{AnswerKind} {JsonSerializer.Serialize(answer, EventCatalog.Json)}\n");

    /// <summary>Hands over what comes, in order, until the other side closes.</summary>
    public async Task Read(Action<DomainEvent> onEvent, Action<CallCommand> onCommand, Action<CommandResult> onAnswer)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 65_536, leaveOpen: true);
        while (await reader.ReadLineAsync() is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (kind, body) = (line[..space], line[(space + 1)..]);
            switch (kind)
            {
                case CommandKind:
                    onCommand(JsonSerializer.Deserialize<CallCommand>(body, EventCatalog.Json)!);
                    break;
                case AnswerKind:
                    onAnswer(JsonSerializer.Deserialize<CommandResult>(body, EventCatalog.Json)!);
                    break;
                default:
                    onEvent(EventCatalog.Read(kind, body));
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
}
