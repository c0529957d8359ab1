using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CallCenter.Media;
using CallCenter.Media.Dtls;
using CallCenter.Media.Rtp;
using CallCenter.Media.Srtp;

namespace CallCenter.TestKit.Phones;

/// <summary>
/// A browser's microphone and earpiece: finds the gateway by STUN checks (each half second), is the client of DTLS, sends a tone as SRTP in
/// G.711 A-law and keeps the last 200 ms of what it hears. It goes on whatever happens to the signalling.
/// </summary>
public sealed class BrowserAudio : IAsyncDisposable
{
    private const int Samples = 160, AlawType = 8;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly DtlsContext _context = DtlsContext.Create(TimeProvider.System);
    private readonly DtlsSession _dtls;
    private readonly CancellationTokenSource _closing = new();
    private readonly byte[] _tone = new byte[8000];
    private readonly Queue<short> _heard = new();
    private readonly Lock _gate = new();
    private readonly uint _ssrc = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
    private (double Hertz, TaskCompletionSource Heard)? _waiting;
    private SrtpSession? _srtp;
    private IPEndPoint? _gateway;
    private (string Ufrag, string Password) _ice;
    private Task _work = Task.CompletedTask;
    private ushort _sequence;

    /// <summary>A browser whose microphone hears a tone of so many hertz.</summary>
    public unsafe BrowserAudio(double hertz)
    {
        G711.Encode(AudioCodec.Pcma, Tones.Sine(hertz, TimeSpan.FromSeconds(1)).Samples, _tone);
        _dtls = new DtlsSession(_context, server: false, (data, length) => _socket.Client.SendTo(new ReadOnlySpan<byte>(data, length), _gateway!));
    }

    /// <summary>Takes the gateway's offer, begins, and gives the answer.</summary>
    public string Answer(string offer)
    {
        Begin(offer);
        return Describe("active");
    }

    /// <summary>An offer; <see cref="Begin"/> takes the answer.</summary>
    public string Offer() => Describe("actpass");

    /// <summary>Begins with what the gateway's session description says.</summary>
    public void Begin(string gateway)
    {
        var lines = gateway.Split('\n', StringSplitOptions.TrimEntries);
        string Value(string of) => lines.First(l => l.StartsWith(of, StringComparison.Ordinal))[of.Length..];
        var candidate = Value("a=candidate:").Split(' ');
        _gateway = IPEndPoint.Parse($"{candidate[4]}:{candidate[5]}");
        _ice = (Value("a=ice-ufrag:"), Value("a=ice-pwd:"));
        _work = Task.WhenAll(Speak(), Listen());
    }

    private string Describe(string setup) =>
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=rtcp-mux\r\na=ice-ufrag:page\r\n"
        + $"a=ice-pwd:a-password-of-the-page-itself\r\na=fingerprint:{_context.Fingerprint}\r\na=setup:{setup}\r\na=sendrecv\r\n";

    /// <summary>Waits until the last 200 ms heard are mostly a tone of so many hertz.</summary>
    public async Task Hears(double hertz, TimeSpan within)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _heard.Clear();
            _waiting = (hertz, heard);
        }
        await heard.Task.WaitAsync(within);
    }

    /// <summary>Leaves the page: DTLS is ended, nothing more is sent.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _dtls.Close();
        }
        _closing.Cancel();
    }

    /// <summary>Is gone without a word.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _work;
        _socket.Dispose();
        _dtls.Dispose();
        _srtp?.Dispose();
        _context.Dispose();
        _closing.Dispose();
    }

    private async Task Speak()
    {
        using var timer = new PeriodicTimer(Tick);
        try
        {
            for (var n = 0; await timer.WaitForNextTickAsync(_closing.Token); n++)
            {
                lock (_gate)
                {
                    if (n % 25 == 0)
                    {
                        _socket.Client.SendTo(Check(), _gateway!);
                    }
                    Turn(n);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Gone.
        }
    }

    // DTLS begins with the first tick: the check before it has told the gateway where we are.
    private void Turn(int n)
    {
        if (n == 0)
        {
            _dtls.Start();
        }
        else if (_dtls.State == DtlsState.Handshaking)
        {
            _dtls.Tick();
        }
        else if (_dtls.State == DtlsState.Connected)
        {
            _srtp ??= _dtls.CreateSrtp();
            SendAudio();
        }
    }

    private void SendAudio()
    {
        var packet = new byte[RtpPacket.HeaderSize + Samples + SrtpProfiles.GrowthMax];
        RtpPacket.WriteHeader(packet, marker: _sequence == 0, AlawType, _sequence, (uint)(_sequence * Samples), _ssrc);
        _tone.AsSpan(_sequence % 50 * Samples, Samples).CopyTo(packet.AsSpan(RtpPacket.HeaderSize));
        _sequence++;
        if (_srtp!.TryProtectRtp(packet, RtpPacket.HeaderSize + Samples, out var length))
        {
            _socket.Client.SendTo(packet.AsSpan(0, length), _gateway!);
        }
    }

    private async Task Listen()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var datagram = (await _socket.ReceiveAsync(_closing.Token)).Buffer;
                lock (_gate)
                {
                    Take(datagram);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The gateway's port is closed, or we are gone.
            }
        }
    }

    private unsafe void Take(byte[] datagram)
    {
        if (datagram.Length > 0 && datagram[0] is >= 20 and < 64)
        {
            fixed (byte* data = datagram)
            {
                _dtls.Receive(data, datagram.Length);
            }
        }
        else if (datagram.Length > RtpPacket.HeaderSize && datagram[0] >= 128 && (datagram[1] & 0x7F) == AlawType && _srtp is not null
            && _srtp.UnprotectRtp(datagram, out var length) == SrtpResult.Ok)
        {
            Hear(G711.Decode(AudioCodec.Pcma, datagram.AsSpan(RtpPacket.HeaderSize, length - RtpPacket.HeaderSize)));
        }
    }

    private void Hear(short[] samples)
    {
        foreach (var sample in samples)
        {
            _heard.Enqueue(sample);
        }
        while (_heard.Count > 10 * Samples)
        {
            _heard.Dequeue();
        }
        if (_waiting is { } waiting && _heard.Count == 10 * Samples && ToneProbe.Share(_heard.ToArray(), 8000, waiting.Hertz) > 0.8)
        {
            _waiting = null;
            waiting.Heard.TrySetResult();
        }
    }

    // A Binding request of a controlling agent that nominates (RFC 8445 sections 7.1 and 7.2.5.3.4), with integrity and fingerprint (RFC 8489 section 14).
    private byte[] Check()
    {
        var user = Encoding.ASCII.GetBytes($"{_ice.Ufrag}:page");
        var padded = (user.Length + 3) & ~3;
        var message = new byte[20 + 4 + padded + 12 + 4 + 8 + 24 + 8];
        BinaryPrimitives.WriteUInt16BigEndian(message, 1);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), 0x2112A442);
        RandomNumberGenerator.Fill(message.AsSpan(8, 12));
        var at = Attribute(message, 20, 0x0006, user);
        at = Attribute(message, at, 0x802A, RandomNumberGenerator.GetBytes(8));
        at = Attribute(message, at, 0x0025, []);
        at = Attribute(message, at, 0x0024, [0x6E, 0, 1, 0xFF]);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(at - 20 + 24));
        at = Attribute(message, at, 0x0008, CryptographicOperations.HmacData(HashAlgorithmName.SHA1, Encoding.ASCII.GetBytes(_ice.Password), message.AsSpan(0, at)));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(at - 20 + 8));
        var fingerprint = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(fingerprint, Crc32(message.AsSpan(0, at)) ^ 0x5354554E);
        return message[..Attribute(message, at, 0x8028, fingerprint)];
    }

    private static int Attribute(byte[] message, int at, ushort type, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at), type);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 2), (ushort)value.Length);
        value.CopyTo(message.AsSpan(at + 4));
        return at + 4 + ((value.Length + 3) & ~3);
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var each in data)
        {
            crc ^= each;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }
        return ~crc;
    }
}
