using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CallCenter.Media;

namespace CallCenter.TestKit.Phones;

/// <summary>
/// A phone's microphone and earpiece: sends a tone as G.711 A-law in 20 ms packets, keeps the last seconds of what it
/// hears. RTP is written here and not taken from shared/Media, so that a fault there cannot hide itself.
/// </summary>
public sealed class PhoneAudio : IAsyncDisposable
{
    private const int Samples = 160, Header = 12, AlawType = 8, DigitType = 101, DigitPackets = 8, Probed = 1600;
    private const string Keys = "0123456789*#ABCD";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly UdpClient _socket;
    private readonly CancellationTokenSource _closing = new();
    private readonly byte[] _tone;
    private readonly Queue<short> _heard = new();
    private readonly Queue<char> _digits = new();
    private readonly Queue<byte> _sound = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(double[] Hertz, long Since, TaskCompletionSource Heard)> _waiting = [];
    private readonly List<(char Digit, TaskCompletionSource Heard)> _waitingKeys = [];
    private readonly uint _ssrc = BinaryPrimitives.ReadUInt32BigEndian(Guid.NewGuid().ToByteArray());
    private IPEndPoint? _remote;
    private Task _work = Task.CompletedTask;
    private ushort _sequence;
    private uint _timestamp;
    private int _digitPacket;
    private uint _digitStart;
    private int _lastSequence = -1;

    /// <summary>A phone that speaks a tone of so many hertz; 0 for silence. Its address is 127.0.0.1 or the given one, of either family.</summary>
    public PhoneAudio(double hertz, IPAddress? address = null)
    {
        _socket = new UdpClient(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        var second = hertz > 0 ? Tones.Sine(hertz, TimeSpan.FromSeconds(1)) : Clip.Silence(TimeSpan.FromSeconds(1));
        _tone = new byte[second.Samples.Length];
        G711.Encode(AudioCodec.Pcma, second.Samples, _tone);
    }

    /// <summary>Packets of audio that came.</summary>
    public long PacketsHeard { get; private set; }

    /// <summary>Packets of audio that are missing between those that came.</summary>
    public long PacketsLost { get; private set; }

    /// <summary>How long it stays silent after the call is answered, as phones do that take their time.</summary>
    public TimeSpan SpeaksAfter { get; init; }

    /// <summary>Sees the payload of each packet of audio.</summary>
    public Action<ReadOnlyMemory<byte>>? OnPayload { get; set; }

    /// <summary>Where it speaks from and listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_socket.Client.LocalEndPoint!;

    private string Host => (Address.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6 " : "IP4 ") + Address.Address;

    /// <summary>The phone has no telephone-events: its keys are tones in the audio, or INFO.</summary>
    public bool IsWithoutEvents { get; set; }

    /// <summary>How much of what was heard is kept.</summary>
    public TimeSpan Kept { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The offer or answer: G.711 A-law and RFC 4733 digits.</summary>
    public string Sdp => IsWithoutEvents ? WithEvents.Replace($" {DigitType}\r\n", "\r\n", StringComparison.Ordinal)
        .Replace($"a=rtpmap:{DigitType} telephone-event/8000\r\na=fmtp:{DigitType} 0-15\r\n", "", StringComparison.Ordinal) : WithEvents;

    private string WithEvents =>
        $"v=0\r\no=phone 1 1 IN {Host}\r\ns=-\r\nc=IN {Host}\r\nt=0 0\r\n" +
        $"m=audio {Address.Port} RTP/AVP {AlawType} {DigitType}\r\n" +
        $"a=rtpmap:{AlawType} PCMA/8000\r\na=rtpmap:{DigitType} telephone-event/8000\r\na=fmtp:{DigitType} 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

    /// <summary>Begins to speak and listen with the peer of that session description; called again it only moves the peer.</summary>
    public void Connect(string remoteSdp)
    {
        var lines = remoteSdp.Split('\n', StringSplitOptions.TrimEntries);
        var address = IPAddress.Parse(lines.Last(l => l.StartsWith("c=IN IP", StringComparison.Ordinal))[9..]);
        var port = int.Parse(lines.First(l => l.StartsWith("m=audio ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
        var first = Interlocked.Exchange(ref _remote, new IPEndPoint(address, port)) is null;
        if (first)
        {
            _work = Task.WhenAll(Speak(), Listen());
        }
    }

    /// <summary>Sends a digit as RFC 4733 events; several follow one another.</summary>
    public void Press(char digit)
    {
        lock (_digits)
        {
            _digits.Enqueue(digit);
        }
    }

    /// <summary>Says these samples at 8 kHz, then goes on with its tone.</summary>
    public void Say(ReadOnlySpan<short> samples)
    {
        lock (_digits)
        {
            foreach (var sample in samples)
            {
                _sound.Enqueue(G711.Encode(AudioCodec.Pcma, sample));
            }
        }
    }

    /// <summary>Completes when the first packet of audio comes.</summary>
    public Task HearsAnything => _first.Task;

    /// <summary>Waits until 200 ms heard from now on are mostly a tone of so many hertz. Throws TimeoutException that tells what was heard instead.</summary>
    public Task Hears(double hertz, TimeSpan within) => Hears([hertz], within);

    /// <summary>Waits until 200 ms heard from now on are mostly these tones together, each of them a good part. Throws TimeoutException that tells what was heard instead.</summary>
    public async Task Hears(double[] hertz, TimeSpan within)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_heard)
        {
            _waiting.Add((hertz, PacketsHeard, heard));
        }
        try
        {
            await heard.Task.WaitAsync(within);
        }
        catch (TimeoutException)
        {
            var last = LastHeard(TimeSpan.FromMilliseconds(200));
            throw new TimeoutException(last.Length == 0
                ? $"heard nothing in {within.TotalSeconds:0.#} s, wanted {string.Join(" and ", hertz)} Hz"
                : $"no {string.Join(" and ", hertz)} Hz within {within.TotalSeconds:0.#} s; at last {ToneProbe.DominantFrequency(last, 8000):0} Hz at {ToneProbe.LevelDb(last):0} dB, {PacketsHeard} packets");
        }
    }

    /// <summary>Waits for a key of the other side, as RFC 4733 events.</summary>
    public async Task HearsKey(char digit, TimeSpan within)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_heard)
        {
            _waitingKeys.Add((digit, heard));
        }
        await heard.Task.WaitAsync(within);
    }

    /// <summary>What was heard last.</summary>
    public short[] LastHeard(TimeSpan length)
    {
        lock (_heard)
        {
            return [.. _heard.TakeLast((int)(length.TotalSeconds * 8000))];
        }
    }

    /// <summary>Speaks and listens no more; what was heard stays.</summary>
    public void Quit() => _closing.Cancel();

    /// <summary>Stops speaking and listening without a word, and waits until it has stopped.</summary>
    public async Task Stop()
    {
        Quit();
        await _work;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _socket.Dispose();
    }

    private async Task Speak()
    {
        using var timer = new PeriodicTimer(Tick);
        var packet = new byte[Header + Samples];
        var sent = 0L;
        try
        {
            await Task.Delay(SpeaksAfter, TimeProvider.System, _closing.Token);
            var since = TimeProvider.System.GetTimestamp();
            while (await timer.WaitForNextTickAsync(_closing.Token))
            {
                // A late tick sends what is owed, so that the stream keeps its pace.
                for (var owed = (long)(TimeProvider.System.GetElapsedTime(since) / Tick); sent < owed; sent++)
                {
                    await Send(packet);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Hung up.
        }
    }

    private async Task Send(byte[] packet)
    {
        var length = NextDigitPacket(packet);
        if (length == 0)
        {
            WriteHeader(packet, AlawType, marker: _sequence == 0, _timestamp);
            _tone.AsSpan((int)(_timestamp % (uint)_tone.Length), Samples).CopyTo(packet.AsSpan(Header));
            Speak(packet.AsSpan(Header));
            length = packet.Length;
        }
        _sequence++;
        _timestamp += Samples;
        try
        {
            await _socket.SendAsync(packet.AsMemory(0, length), _remote!, _closing.Token);
        }
        catch (SocketException)
        {
            // The peer closed its port (ICMP): a phone goes on speaking until it is told to stop.
        }
    }

    /// <summary>What is to be said takes the tone's place.</summary>
    private void Speak(Span<byte> payload)
    {
        lock (_digits)
        {
            for (var i = 0; i < payload.Length && _sound.TryDequeue(out var code); i++)
            {
                payload[i] = code;
            }
        }
    }

    /// <summary>RFC 4733 section 2.5.1: packets of one event share its first timestamp; the end is sent three times.</summary>
    private int NextDigitPacket(byte[] packet)
    {
        char digit;
        lock (_digits)
        {
            if (!_digits.TryPeek(out digit))
            {
                return 0;
            }
            if (_digitPacket == DigitPackets + 3)
            {
                _digits.Dequeue();
                _digitPacket = 0;
                return 0;
            }
        }
        _digitStart = _digitPacket == 0 ? _timestamp : _digitStart;
        WriteHeader(packet, DigitType, marker: _digitPacket == 0, _digitStart);
        packet[Header] = (byte)Keys.IndexOf(digit, StringComparison.Ordinal);
        packet[Header + 1] = (byte)((_digitPacket >= DigitPackets ? 0x80 : 0) | 10);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(Header + 2), (ushort)(Math.Min(_digitPacket + 1, DigitPackets) * Samples));
        _digitPacket++;
        return Header + 4;
    }

    private void WriteHeader(byte[] packet, int type, bool marker, uint timestamp)
    {
        packet[0] = 0x80;
        packet[1] = (byte)(type | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
    }

    private async Task Listen()
    {
        while (true)
        {
            try
            {
                var packet = await _socket.ReceiveAsync(_closing.Token);
                Hear(packet.Buffer);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The peer's port is closed; more may come.
            }
        }
    }

    private void Hear(byte[] packet)
    {
        if (packet.Length > Header && (packet[1] & 0x7F) == DigitType)
        {
            HearKey(packet[Header]);
        }
        if (packet.Length <= Header || (packet[1] & 0x7F) != AlawType)
        {
            return;
        }
        _first.TrySetResult();
        OnPayload?.Invoke(packet.AsMemory(Header));
        lock (_heard)
        {
            PacketsHeard++;
            CountLost(BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)));
            foreach (var sample in G711.Decode(AudioCodec.Pcma, packet.AsSpan(Header)))
            {
                _heard.Enqueue(sample);
            }
            while (_heard.Count > Kept.TotalSeconds * 8000)
            {
                _heard.Dequeue();
            }
            if (_waiting.Count > 0)
            {
                Compare([.. _heard.TakeLast(Probed)]);
            }
        }
    }

    // Late ones are not expected on this machine; where one comes, it was counted as lost.
    private void CountLost(ushort sequence)
    {
        var gap = (short)(ushort)(sequence - _lastSequence - 1);
        PacketsLost += _lastSequence >= 0 && gap > 0 ? gap : 0;
        _lastSequence = _lastSequence >= 0 && gap < 0 ? _lastSequence : sequence;
    }

    private void HearKey(byte code)
    {
        lock (_heard)
        {
            foreach (var waiting in _waitingKeys.Where(w => Keys.IndexOf(w.Digit, StringComparison.Ordinal) == code).ToList())
            {
                _waitingKeys.Remove(waiting);
                waiting.Heard.SetResult();
            }
        }
    }

    private void Compare(short[] last)
    {
        foreach (var waiting in _waiting.Where(w => (PacketsHeard - w.Since) * Samples >= Probed && IsMostly(last, w.Hertz)).ToList())
        {
            _waiting.Remove(waiting);
            waiting.Heard.SetResult();
        }
    }

    private static bool IsMostly(short[] heard, double[] hertz)
    {
        var shares = hertz.Select(tone => ToneProbe.Share(heard, 8000, tone)).ToList();
        return shares.Sum() > 0.8 && shares.Min() > 0.1;
    }
}
