using System.Security.Cryptography;
using System.Text.Json;
using CallCenter.Hosting;

namespace CallCenter.Starting;

/// <summary>What is random in an installation, made once and kept in the data folder for its owner alone.</summary>
internal static class Secrets
{
    private const string Administrator = "admin";

    /// <summary>The key from which the demo's passwords are made.</summary>
    public static byte[] DemoKey(DataFolder data)
    {
        var path = Path.Combine(data.Keys, "demo.key");
        if (!File.Exists(path))
        {
            DataFolder.WriteWhole(path, RandomNumberGenerator.GetBytes(32));
        }
        return File.ReadAllBytes(path);
    }

    /// <summary>The first administrator: <c>administrator.json</c> tells the user and the password.</summary>
    public static Dictionary<string, string?> FirstAdministrator(DataFolder data)
    {
        var path = data.Path("administrator.json");
        if (!File.Exists(path))
        {
            var made = new SignIn(Administrator, RandomNumberGenerator.GetHexString(20, lowercase: true));
            DataFolder.WriteWhole(path, JsonSerializer.SerializeToUtf8Bytes(made, JsonSerializerOptions.Web));
        }
        var kept = JsonSerializer.Deserialize<SignIn>(File.ReadAllBytes(path), JsonSerializerOptions.Web)
            ?? throw new StartException($"{path} is empty: restore it, or delete it and the administrator's user with it");
        return new() { ["Tenancy:Administrator:User"] = kept.User, ["Tenancy:Administrator:Password"] = kept.Password };
    }

    private sealed record SignIn(string User, string Password);
}
