using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace CallCenter.Hosting;

/// <summary>
/// Passwords of the services' database roles: HMAC-SHA256 of the role's name with a key, so that nothing has to be handed
/// around. The key is <c>Postgres:RoleKey</c> (base64, 32 bytes) or the file <c>DATA/keys/postgres.key</c>.
/// </summary>
internal sealed class RolePasswords(IConfiguration configuration, DataFolder data)
{
    private readonly byte[] _key = KeyFile.Get(configuration, "Postgres:RoleKey", data, "postgres");

    public string For(string role) => Derive(_key, role);

    public static string Derive(byte[] key, string role) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(role)));
}
