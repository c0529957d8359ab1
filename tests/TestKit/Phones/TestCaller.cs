using System.Net;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Transports;

namespace CallCenter.TestKit.Phones;

/// <summary>Callers behind a trunk: as many calls as wanted from one endpoint.</summary>
public sealed class TestCaller : IAsyncDisposable
{
    private readonly SipEndpoint _endpoint = PhoneEndpoint.Open(call => call.Reject(405));
    private readonly IPEndPoint _server;

    public TestCaller(IPEndPoint server) => _server = server;

    /// <summary>Calls a number; the call is under way when this returns.</summary>
    /// <param name="sdp">An offer in place of the phone's own, for what a proper phone does not send.</param>
    public PhoneCall Call(string number, string from = "+358401234567", double hertz = 440, string? sdp = null, bool tcp = false)
    {
        var call = new PhoneCall(hertz);
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

/// <summary>An endpoint on a free loopback port.</summary>
internal static class PhoneEndpoint
{
    public static SipEndpoint Open(Action<UasCall> onInvite)
    {
        var endpoint = new SipEndpoint(
            new SipEndpointOptions { BindAddress = IPAddress.Loopback, Port = 0 },
            new SipHandlers { Invite = onInvite, Error = e => Console.Error.WriteLine($"test phone: {e}") },
            TimeProvider.System);
        endpoint.Start();
        return endpoint;
    }
}
