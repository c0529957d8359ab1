using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace CallCenter.TestKit.Running;

/// <summary>A browser tab at <c>/hub</c>: speaks SignalR's JSON protocol over a WebSocket and keeps every message it got.</summary>
public sealed class HubClient : IAsyncDisposable
{
    private const char RecordSeparator = '\x1e';
    private const int Invocation = 1, Ping = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket;
    private readonly List<JsonNode> _received = [];
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();

    private HubClient(ClientWebSocket socket)
    {
        _socket = socket;
        Closed = Task.Run(Read);
    }

    /// <summary>Ends when the connection has: by the server, by the network, or because it is disposed of.</summary>
    public Task Closed { get; }

    /// <summary>Every message so far, in the order they came.</summary>
    public IReadOnlyList<JsonNode> Received
    {
        get
        {
            lock (_received)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>Connects, and has been taken in when it completes: the server's first word is the time. Throws <see cref="WebSocketException"/> when the server refuses.</summary>
    public static async Task<HubClient> Connect(Uri address, string token)
    {
        var socket = new ClientWebSocket();
        try
        {
            using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
            await socket.ConnectAsync(new Uri($"ws://{address.Authority}/hub?access_token={token}"), deadline.Token);
            await Say(socket, """{"protocol":"json","version":1}""", deadline.Token);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var client = new HubClient(socket);
        await client.First("clock");
        return client;
    }

    /// <summary>The first message of the type that satisfies, of those that came or are to come.</summary>
    public async Task<JsonNode> First(string type, Func<JsonNode, bool>? that = null)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            if (Received.FirstOrDefault(m => (string?)m["type"] == type && that?.Invoke(m) != false) is { } found)
            {
                return found;
            }
            try
            {
                await _news.Reader.ReadAsync(deadline.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
            {
                throw new TimeoutException($"No such '{type}' within {Patience.TotalSeconds:0} s; there came: {string.Join("\n", Received.Select(m => m.ToJsonString()))}", e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Closed;
        _socket.Dispose();
        _stop.Dispose();
    }

    private static Task Say(ClientWebSocket socket, string json, CancellationToken ct) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json + RecordSeparator), WebSocketMessageType.Text, true, ct);

    private async Task Read()
    {
        var (buffer, text) = (new byte[16 * 1024], new StringBuilder());
        var decoder = Encoding.UTF8.GetDecoder();
        var chars = new char[Encoding.UTF8.GetMaxCharCount(buffer.Length)];
        try
        {
            while (await _socket.ReceiveAsync(buffer, _stop.Token) is { MessageType: not WebSocketMessageType.Close } part)
            {
                text.Append(chars, 0, decoder.GetChars(buffer, 0, part.Count, chars, 0, flush: false));
                await TakeRecords(text);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The connection is over, which is what this task tells.
        }
        finally
        {
            _news.Writer.TryComplete();
        }
    }

    private async Task TakeRecords(StringBuilder text)
    {
        var records = text.ToString().Split(RecordSeparator);
        text.Clear().Append(records[^1]);
        foreach (var record in records[..^1].Select(json => JsonNode.Parse(json)!))
        {
            if ((int?)record["type"] == Invocation)
            {
                Keep(record);
            }
            else if ((int?)record["type"] == Ping)
            {
                await Say(_socket, """{"type":6}""", _stop.Token);
            }
        }
    }

    private void Keep(JsonNode invocation)
    {
        lock (_received)
        {
            _received.Add(invocation["arguments"]![0]!.DeepClone());
        }
        _news.Writer.TryWrite(true);
    }
}
