using System.Net;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Transports;

namespace CallCenter.TestKit.Phones;

/// <summary>Callers behind a trunk: as many calls as wanted from one endpoint.</summary>
public sealed class TestCaller : IAsyncDisposable
{
    private readonly SipEndpoint _endpoint;
    private readonly IPEndPoint _server;
    private readonly IPAddress _address;

    /// <summary>Callers at 127.0.0.1, or at the given address of either family.</summary>
    public TestCaller(IPEndPoint server, IPAddress? address = null)
    {
        _server = server;
        _address = address ?? IPAddress.Loopback;
        _endpoint = PhoneEndpoint.Open(call => call.Reject(405), _address);
    }

    /// <summary>How long a caller stays silent after the answer.</summary>
    public TimeSpan SpeaksAfter { get; init; }

    /// <summary>Calls a number; the call is under way when this returns.</summary>
    /// <param name="withoutEvents">The phone has no RFC 4733: its keys are tones or INFO.</param>
    /// <param name="sdp">An offer in place of the phone's own, for what a proper phone does not send.</param>
    public PhoneCall Call(string number, string from = "+358401234567", double hertz = 440, string? sdp = null, bool tcp = false, bool withoutEvents = false)
    {
        var call = new PhoneCall(hertz, SpeaksAfter, _address);
        call.Audio.IsWithoutEvents = withoutEvents;
        call.Bind(_endpoint.Invite(
            new UacInvite
            {
                Target = $"sip:{number}@{_server}{(tcp ? ";transport=tcp" : "")}",
                From = $"sip:{from}@127.0.0.1",
                Sdp = sdp ?? call.Audio.Sdp,
            },
            call.On));
        return call;
    }

    public async ValueTask DisposeAsync()
    {
        await _endpoint.StopAsync(TimeSpan.FromMilliseconds(500));
        await _endpoint.DisposeAsync();
    }
}

/// <summary>An endpoint on a free port, at 127.0.0.1 or the given address.</summary>
internal static class PhoneEndpoint
{
    public static SipEndpoint Open(Action<UasCall> onInvite, IPAddress? address = null)
    {
        var endpoint = new SipEndpoint(
            new SipEndpointOptions { BindAddress = address ?? IPAddress.Loopback, Port = 0 },
            new SipHandlers { Invite = onInvite, Error = e => Console.Error.WriteLine($"test phone: {e}") },
            TimeProvider.System);
        endpoint.Start();
        return endpoint;
    }
}
