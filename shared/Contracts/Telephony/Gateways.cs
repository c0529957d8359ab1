namespace CallCenter.Contracts.Telephony;

/// <summary>A gateway tells the others which devices of agents are registered at it. Of each agent named that is all, whatever was told before with a lower sequence.</summary>
/// <param name="Operator">Whose agents they are.</param>
/// <param name="Gateway">Its name; a new one at each start.</param>
/// <param name="Sip">"host:port" of its SIP, by TCP too.</param>
/// <param name="Sequence">Grows with each notice of a gateway.</param>
public sealed record GatewayDevices(Guid Operator, string Gateway, string Sip, long Sequence, IReadOnlyList<AgentDevices> Agents);

/// <summary>An agent's devices at one gateway; none: they are gone.</summary>
public sealed record AgentDevices(Guid Agent, IReadOnlyList<AgentDevice> Devices);

/// <summary>A device as any gateway can call it.</summary>
/// <param name="User">Whom it is registered for: address of record with the domain.</param>
/// <param name="Contact">Request-URI.</param>
/// <param name="Transport">By which it came: "Udp", "Tcp", "Tls", "Ws", "Wss".</param>
/// <param name="Remote">Where it is.</param>
/// <param name="Route">The way to it, the value of a Route header; null: its Contact is the way.</param>
/// <param name="Epoch">The sign-in of the token that it registered with; 0 for a password.</param>
public sealed record AgentDevice(string User, string Domain, string Contact, string Transport, string Remote, string? Route, DateTimeOffset ExpiresAt, long Epoch);

/// <summary>A gateway has come, or may have missed notices: the others tell it their devices. An earlier one at the same address is no more.</summary>
public sealed record GatewayAsks(string Gateway, string Sip);

/// <summary>A gateway's beat, each second and at once when its calls change: the limits of tenants and trunks count the calls of all gateways.</summary>
/// <param name="Sequence">Grows with each beat of a gateway.</param>
/// <param name="Tenants">Calls now by tenant; who is not named has none.</param>
/// <param name="Trunks">The same by trunk.</param>
public sealed record GatewayCalls(string Gateway, string Sip, long Sequence, IReadOnlyDictionary<Guid, int> Tenants, IReadOnlyDictionary<string, int> Trunks);
