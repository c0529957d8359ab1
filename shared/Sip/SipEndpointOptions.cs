using System.Net;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip;

/// <summary>Where an endpoint listens and what it says of itself.</summary>
public sealed record SipEndpointOptions
{
    /// <summary>Address to listen at. Default 127.0.0.1. With "any" <see cref="AdvertisedHost"/> must be set.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Another address of the other family (IPv4 and IPv6), with the same ports. Default: none.</summary>
    public IPAddress? SecondAddress { get; init; }

    /// <summary>Port of UDP and TCP. Default 5060; 0 lets the system choose one, the same for both.</summary>
    public int Port { get; init; } = 5060;

    public bool Udp { get; init; } = true;

    public bool Tcp { get; init; } = true;

    /// <summary>TLS beside UDP and TCP; null: none, and <c>sips:</c> URIs cannot be reached.</summary>
    public SipTlsOptions? Tls { get; init; }

    /// <summary>
    /// Seconds that a call of ours asks to last without a refresh (RFC 4028), which is then ours; a peer that does not know session timers is
    /// left alone. Default 1,800, the RFC's advice; at least 90; 0: none is asked for. What a peer asks for is kept in any case.
    /// </summary>
    public int SessionExpiresSeconds { get; init; } = 1_800;

    /// <summary>Host in Via and Contact. Default the bind address.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>The same for what goes by <see cref="SecondAddress"/>. Default that address.</summary>
    public string? SecondAdvertisedHost { get; init; }

    /// <summary>Port in Via and Contact. Default the bound one.</summary>
    public int? AdvertisedPort { get; init; }

    /// <summary>Value of Server and User-Agent.</summary>
    public string Product { get; init; } = "CallCenter";

    public SipTimers Timers { get; init; } = new();

    public SipLimits Limits { get; init; } = new();
}

/// <summary>Bounds of an endpoint.</summary>
public sealed record SipLimits
{
    /// <summary>Transactions and tombstones; above it 503. Default 262,144 (about 80 MB).</summary>
    public int TransactionsMax { get; init; } = 262_144;

    /// <summary>Calls in any state; above it 503. Default 20,000.</summary>
    public int CallsMax { get; init; } = 20_000;

    /// <summary>Received messages of connections that wait for the loop; above it connections wait. Default 16,384.</summary>
    public int QueueMax { get; init; } = 16_384;

    /// <summary>Connections of each kind (TCP, TLS, WebSocket); one more is closed at once. Default 4,096.</summary>
    public int ConnectionsMax { get; init; } = 4_096;

    /// <summary>A connection without traffic is closed after this. Default 10 minutes.</summary>
    public TimeSpan ConnectionIdle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a connection may take to be made, or to take a message. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages that wait to be written to one connection; above it the connection is closed. Default 1,024.</summary>
    public int ConnectionQueueMax { get; init; } = 1_024;

    /// <summary>Retry-After of every 503 of ours, in seconds. Default 5.</summary>
    public int RetryAfterSeconds { get; init; } = 5;
}
