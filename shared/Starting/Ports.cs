using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace CallCenter.Starting;

/// <summary>Tells before anything is started which port is taken.</summary>
internal static class Ports
{
    /// <exception cref="StartException">A port is in use, or the address is not this machine's.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var http in Https.Addresses(configuration["urls"] ?? "http://127.0.0.1:8080"))
        {
            CheckHttp(IPAddress.Parse(http.Host.Trim('[', ']')), http.Port, configuration);
        }
        foreach (var bind in (configuration["Telephony:Bind"] ?? "127.0.0.1").Split(',', StringSplitOptions.TrimEntries))
        {
            CheckTelephony(IPAddress.Parse(bind), configuration);
        }
    }

    /// <summary>Did another process take a port after it was looked at and before it was opened?</summary>
    public static bool IsTaken(Exception e) => e is IOException { InnerException: SocketException or AddressInUseException };

    private static void CheckHttp(IPAddress address, int port, IConfiguration configuration)
    {
        Require(new IPEndPoint(address, port), SocketType.Stream, "HTTP", "--http");
        if (Https.Port(configuration) is { } https)
        {
            Require(new IPEndPoint(address, https), SocketType.Stream, "HTTPS", "--https");
        }
    }

    private static void CheckTelephony(IPAddress bind, IConfiguration configuration)
    {
        var sip = configuration.GetValue("Telephony:SipPort", 5060);
        if (configuration.GetValue<int?>("Telephony:SipTlsPort") is { } sips)
        {
            Require(new IPEndPoint(bind, sips), SocketType.Stream, "SIP over TLS", "--sips");
        }
        Require(new IPEndPoint(bind, sip), SocketType.Dgram, "SIP", "--sip");
        Require(new IPEndPoint(bind, sip), SocketType.Stream, "SIP", "--sip");
        RequireRtp(bind, configuration.GetValue("Telephony:RtpFrom", 20000), configuration.GetValue("Telephony:RtpTo", 29999));
    }

    private static void Require(IPEndPoint address, SocketType type, string what, string option)
    {
        if (Bind(address, type) is { } error)
        {
            var kind = type == SocketType.Stream ? "TCP" : "UDP";
            throw error == SocketError.AddressNotAvailable
                ? new StartException($"{address.Address} is not an address of this machine; give one of its own with --bind")
                : error == SocketError.AccessDenied
                    ? new StartException($"{what} port {address.Port} ({kind}) is not allowed to this user; choose one above 1023 with {option}")
                    : new StartException($"{what} port {address.Port} ({kind}) is in use by another process; stop that one or choose another port with {option}");
        }
    }

    /// <summary>A call skips a taken pair; a range that is half taken belongs to someone else.</summary>
    private static void RequireRtp(IPAddress bind, int from, int to)
    {
        var pairs = Enumerable.Range(from, to - from + 1).Where(port => port % 2 == 0 && port < to).ToList();
        var taken = pairs.Count(port =>
            Bind(new IPEndPoint(bind, port), SocketType.Dgram) is not null ||
            Bind(new IPEndPoint(bind, port + 1), SocketType.Dgram) is not null);
        if (taken * 2 >= pairs.Count)
        {
            throw new StartException($"RTP ports {from}-{to} (UDP): {taken} of {pairs.Count} pairs are in use by another process; choose another range with --rtp");
        }
    }

    private static SocketError? Bind(IPEndPoint address, SocketType type)
    {
        using var socket = new Socket(address.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        try
        {
            // A listener that ended a moment ago leaves connections in TIME_WAIT, which do not matter (Kestrel sets this too).
            if (type == SocketType.Stream)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            }
            socket.Bind(address);
            if (type == SocketType.Stream)
            {
                socket.Listen();
            }
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }
}
