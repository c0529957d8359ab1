using System.Security.Cryptography;
using System.Text;

namespace CallCenter.Media.Ice;

/// <summary>User name fragment and password of one side for one ICE generation (RFC 8445, section 5.3).</summary>
internal sealed class IceCredentials
{
    // ice-char (RFC 8839, 5.4): 6 bits each. At least 24 bits of fragment and 128 of password are asked for.
    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const int FragmentLength = 8;
    private const int PasswordLength = 24;

    private readonly byte[] _userNamePrefix;

    public IceCredentials()
    {
        Fragment = RandomNumberGenerator.GetString(Characters, FragmentLength);
        Password = RandomNumberGenerator.GetString(Characters, PasswordLength);
        _userNamePrefix = Encoding.ASCII.GetBytes(Fragment + ":");
        PasswordBytes = Encoding.ASCII.GetBytes(Password);
    }

    public string Fragment { get; }
    public string Password { get; }
    public byte[] PasswordBytes { get; }

    /// <summary>A check's user name is "ours:theirs" (RFC 8445, section 7.2.2). Theirs may still be on its way to us by signalling.</summary>
    public bool Names(ReadOnlySpan<byte> userName) => userName.StartsWith(_userNamePrefix);
}
