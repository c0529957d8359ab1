namespace CallCenter.Sip.Messages;

/// <summary>The methods this library knows by name (RFC 3261 section 7.1 and its extensions).</summary>
public enum SipMethod
{
    Unknown,
    Invite,
    Ack,
    Cancel,
    Bye,
    Options,
    Register,
    Info,
    Update,
    Prack,
    Refer,
    Notify,
    Subscribe,
    Message,
    Publish,
}

/// <summary>Names of methods; a method is case-sensitive (RFC 3261 section 7.1).</summary>
public static class SipMethods
{
    /// <summary>What this endpoint answers: the value of Allow (RFC 3261 section 20.5).</summary>
    public const string Allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY";

    /// <summary>The method of that exact name, or <see cref="SipMethod.Unknown"/>.</summary>
    public static SipMethod Parse(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 => name.SequenceEqual("ACK"u8) ? SipMethod.Ack : name.SequenceEqual("BYE"u8) ? SipMethod.Bye : SipMethod.Unknown,
        4 => name.SequenceEqual("INFO"u8) ? SipMethod.Info : SipMethod.Unknown,
        5 => name.SequenceEqual("PRACK"u8) ? SipMethod.Prack : name.SequenceEqual("REFER"u8) ? SipMethod.Refer : SipMethod.Unknown,
        6 when name.SequenceEqual("INVITE"u8) => SipMethod.Invite,
        6 when name.SequenceEqual("CANCEL"u8) => SipMethod.Cancel,
        6 when name.SequenceEqual("UPDATE"u8) => SipMethod.Update,
        6 when name.SequenceEqual("NOTIFY"u8) => SipMethod.Notify,
        7 when name.SequenceEqual("OPTIONS"u8) => SipMethod.Options,
        7 when name.SequenceEqual("MESSAGE"u8) => SipMethod.Message,
        7 when name.SequenceEqual("PUBLISH"u8) => SipMethod.Publish,
        8 => name.SequenceEqual("REGISTER"u8) ? SipMethod.Register : SipMethod.Unknown,
        9 => name.SequenceEqual("SUBSCRIBE"u8) ? SipMethod.Subscribe : SipMethod.Unknown,
        _ => SipMethod.Unknown,
    };

    /// <summary>The name on the wire. Throws for <see cref="SipMethod.Unknown"/>.</summary>
    public static string Name(this SipMethod method) => method switch
    {
        SipMethod.Invite => "INVITE",
        SipMethod.Ack => "ACK",
        SipMethod.Cancel => "CANCEL",
        SipMethod.Bye => "BYE",
        SipMethod.Options => "OPTIONS",
        SipMethod.Register => "REGISTER",
        SipMethod.Info => "INFO",
        SipMethod.Update => "UPDATE",
        SipMethod.Prack => "PRACK",
        SipMethod.Refer => "REFER",
        SipMethod.Notify => "NOTIFY",
        SipMethod.Subscribe => "SUBSCRIBE",
        SipMethod.Message => "MESSAGE",
        SipMethod.Publish => "PUBLISH",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "An unknown method has no name."),
    };
}
