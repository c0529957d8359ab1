using System.Collections.Concurrent;
using System.Threading.Channels;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Tests;

/// <summary>An endpoint on loopback whose calls and events a test awaits, each within a deadline.</summary>
internal sealed class Phone : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    public const string Sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    private readonly Channel<UasCall> calls = Channel.CreateUnbounded<UasCall>();

    public Phone(Registrar? registrar = null, Func<SipMessage, SipFlow, Admission>? admit = null, SipTimers? timers = null, Action<UasCall>? onCall = null, SipTrace? trace = null, SipLimits? limits = null, Action<UasCall>? onIncoming = null, SipTlsOptions? tls = null, Func<System.Net.IPEndPoint, bool>? isPeer = null)
    {
        Registrar = registrar;
        Endpoint = new SipEndpoint(
            new SipEndpointOptions { Port = 0, Tls = tls, Timers = timers ?? new SipTimers(), Limits = limits ?? new SipLimits() },
            new SipHandlers
            {
                Invite = onCall ?? (call =>
                {
                    Events(call);
                    onIncoming?.Invoke(call);
                    calls.Writer.TryWrite(call);
                }),
                Error = Errors.Enqueue,
                Admit = admit,
                Registrar = registrar,
                Trace = trace,
                IsPeer = isPeer,
            },
            TimeProvider.System);
        Endpoint.Start();
    }

    public SipEndpoint Endpoint { get; }

    public Registrar? Registrar { get; }

    public ConcurrentQueue<Exception> Errors { get; } = new();

    private ConcurrentDictionary<SipCall, Channel<SipCallEvent>> Streams { get; } = new();

    public string UriOf(string user, bool tcp = false) => $"sip:{user}@{Endpoint.LocalEndPoint}{(tcp ? ";transport=tcp" : "")}";

    public async Task<UasCall> NextCallAsync() => await calls.Reader.ReadAsync().AsTask().Soon();

    public UacCall Call(UacInvite invite)
    {
        var stream = Channel.CreateUnbounded<SipCallEvent>();
        var call = Endpoint.Invite(invite with { Sdp = invite.Sdp.Length == 0 ? Sdp : invite.Sdp }, e => stream.Writer.TryWrite(e));
        Streams[call] = stream;
        return call;
    }

    /// <summary>The next event of a call, which must be of that type.</summary>
    public async Task<T> NextAsync<T>(SipCall call)
        where T : SipCallEvent
    {
        var next = await Streams[call].Reader.ReadAsync().AsTask().Soon();
        return next.ShouldBeOfType<T>();
    }

    public async ValueTask DisposeAsync()
    {
        await Endpoint.DisposeAsync();
        Errors.ShouldBeEmpty();
    }

    private void Events(SipCall call)
    {
        var stream = Channel.CreateUnbounded<SipCallEvent>();
        Streams[call] = stream;
        call.OnEvent = e => stream.Writer.TryWrite(e);
    }
}
