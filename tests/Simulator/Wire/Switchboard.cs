using System.Collections.Concurrent;
using System.Net;
using CallCenter.Simulator.Audio;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;

namespace CallCenter.Simulator.Wire;

/// <summary>
/// The SIP endpoint behind which all simulated people have their phones, and the pump of their audio. An incoming call
/// goes to the phone that its request URI names.
/// </summary>
internal sealed class Switchboard : IAsyncDisposable
{
    private readonly SipEndpoint _endpoint;
    private readonly ConcurrentDictionary<string, Action<UasCall>> _phones = new();
    private readonly string _server;

    /// <param name="server">Where the system takes calls: host:port.</param>
    /// <param name="fault">Told what a handler threw and who rang for nobody.</param>
    public Switchboard(string server, Action<string> fault, TimeProvider clock)
    {
        _server = server;
        Address = LocalAddress(server);
        _endpoint = new SipEndpoint(
            new SipEndpointOptions { BindAddress = Address, Port = 0, Tcp = false, Product = "CallCenter-Simulator" },
            new SipHandlers { Invite = call => Rings(call, fault), Error = e => fault($"SIP: {e.Message}"), Trace = Wire.See },
            clock);
        _endpoint.Start();
        Pump = new RtpPump();
    }

    /// <summary>Our address, as the system reaches it.</summary>
    public IPAddress Address { get; }

    /// <summary>Where phones outside are called.</summary>
    public IPEndPoint Listening => new(Address, _endpoint.LocalEndPoint.Port);

    public SipWire Wire { get; } = new();

    public RtpPump Pump { get; }

    /// <summary>Calls a number; events come on the endpoint's loop.</summary>
    public UacCall Call(string number, string caller, string sdp, Action<SipCallEvent> onEvent) => _endpoint.Invite(
        new UacInvite { Target = $"sip:{number}@{_server}", From = $"sip:{caller}@{Address}", Sdp = sdp }, onEvent);

    /// <summary>A phone outside: what is dialled for the number goes to the action, on the endpoint's loop.</summary>
    public void Has(string number, Action<UasCall> rings) => _phones[number] = rings;

    /// <summary>Registers a phone and keeps it registered; what rings there goes to the action, on the endpoint's loop.</summary>
    /// <exception cref="SimulationException">The system refuses it.</exception>
    public async Task<SipRegistration> Register(string user, string password, Action<UasCall> rings)
    {
        _phones[user] = rings;
        var registration = _endpoint.Register(new SipRegistrationOptions
        {
            Registrar = $"sip:{_server}", User = user, Password = password, Expires = 300, RetrySeconds = 2,
        });
        var result = await registration.FirstResult;
        return result.IsRegistered
            ? registration
            : throw new SimulationException($"phone {user} cannot register at sip:{_server} (code {result.Code}): give the --sip and --data of the running system");
    }

    public async ValueTask DisposeAsync()
    {
        await _endpoint.StopAsync(TimeSpan.FromSeconds(1));
        await _endpoint.DisposeAsync();
        Pump.Dispose();
    }

    private void Rings(UasCall call, Action<string> fault)
    {
        var user = SipUri.TryParse(call.Request.RequestUri, out var uri) ? uri.User : "";
        if (_phones.TryGetValue(user, out var rings))
        {
            rings(call);
            return;
        }
        fault($"{call.Request.RequestUri} rang, where no simulated phone is");
        call.Reject(404);
    }

    // The interface by which the server is reached; connecting a UDP socket sends nothing.
    private static IPAddress LocalAddress(string server)
    {
        using var probe = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        probe.Connect(IPEndPoint.Parse(server));
        return ((IPEndPoint)probe.LocalEndPoint!).Address;
    }
}
