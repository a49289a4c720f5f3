// Made with PyJWT 2, so that another implementation says what is right. The private keys were thrown away.
enum ForeignTokens {
    static let jwks = #"""
        {"keys":[{"kty":"RSA","n":"7CQl1pzefAYyDmvjMs40YRZkxdSPw1P657anx0uUBuU_TaSqH4Fv4BEdQ3flJmkzeE-mEBDwI\#
        km8-w2gbnhjTzJxCJLSRgVrXzlwesxn1QwLjjOPAuN4zme2ZOwcy0zmOsT__KsbU9ATy6EDR9stC3fSTnh5znKmU7R25k1D46Eyk\#
        KXDtbIpzcU5PyN2XQfiWLEJP0HBNmvvhWqslzD-LzfhA9aBwVto0OY3T-aMfbl4OtV-cqnJ_zOvSXg5lxBC1sa4dbZ8MPj3TKJl5\#
        46b2hLx_VAIAkuTkdAqCNF25dM1HSc-pWGFwP-pz0vCu308bQEH6ef6K_JkPhY5uEg1-Q","e":"AQAB","kid":"rsa-1","use\#
        ":"sig","alg":"RS256"},{"kty":"EC","crv":"P-256","x":"sCtwAV6_tHv_2BaKpVJxDMDP6EDjSU6a67cvQVMtnMk","\#
        y":"1irKHe3tVyCmN-2mDpy_C2XYnzmPXmKGqZQiFZ_KP6s","kid":"ec-1","use":"sig"},{"kty":"EC","crv":"P-384"\#
        ,"x":"C02rDwxoZjuWZARrHaJjk71-vTdSLNx1D9N4UKn9g4uiyvSVHvRDNKYNSEB4Ao8-","y":"DT2qcM6gwgyfrDkZJksEwaI\#
        BDP3ddeOCkQZQQXI1nxr-oaGA7ME694TcrpY7jDDz","kid":"ec-384"},{"kty":"RSA","n":"zI773Rm_b-opQl8PDgNtuQy\#
        E2LeQGwcC0z-41n0SFM0dLFBNHiEvg_GVf0w7VGxTubm7KD-VHJ8oDUo3BM2wwiijM2MttJpBEEJ0QBvconcBBcAJUFkI8zCQXEJ\#
        YVaRo7m8trPHTpEZrFcdhG7buAEu7p49nmslEjuOka6zPZ2lU3lqxm89zBb24bGW7sRldoU-SI9_KYN5lma0KfprXJbRuLql8iY0\#
        sPC5jbBeyrWLhLyah3Z7Ug9y874I9e_id6XQRa3cYCLvps0dhQZ61CvJXiVJnKbACPIDaJciVwoybqhJ51aFKObRZc1U6NEHJ-zV\#
        Lao9tUAbYrbA0px_27w","e":"AQAB","kid":"enc-1","use":"enc"},{"kty":"OKP","crv":"Ed25519","x":"11qYAYK\#
        xCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"okp"}]}
        """#

    static let rs256 = #"""
        eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYS0xIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEiLCJ0ZW5hbnRfaWQiOiJhY21lIiwi\#
        cm9sZXMiOlsid3JpdGVyIl0sImlzcyI6Imh0dHBzOi8vaXNzdWVyLnRlc3QiLCJhdWQiOlsid29ya2ZvcmNlIiwib3RoZXIiXSwi\#
        ZXhwIjo0MTAyNDQ0ODAwfQ.Kx1Wr3lEWAKln26vCjWruGs88ZtlFAencV-UxH4_QKy4zqX3-0D6hNGG3YEfG3o_y3y6Jsyk6MPNe\#
        Z62_sw4mdJCFYvzTB31N23d5V7qk_bWYQpI9dYSAhH2IBQyfdBUMoxqJmG9G7xH2ahcbBIQjB_MkmxpY9X2ocwFja_oH-czeCyoO\#
        1B-282Sq91OW7NaAGVaBmap-7yOTWklr9OzHd7O_x0pX5fYGUr7PvfMoJ0JOPktS_XZVNp-FGBRLFS6Wp14yOxg2yTJRUtG7onex\#
        y08Y6zSWOKbbWWL_OVNdLAsNOpvHV3aAYRS8pFTSJZLrYfWCH5PEk6GwwQB5hbxwg
        """#

    static let rs256WithoutKeyID = #"""
        eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJ0ZW5hbnRfaWQiOiJhY21lIiwicm9sZXMiOlsid3JpdGV\#
        yIl0sImlzcyI6Imh0dHBzOi8vaXNzdWVyLnRlc3QiLCJhdWQiOlsid29ya2ZvcmNlIiwib3RoZXIiXSwiZXhwIjo0MTAyNDQ0ODA\#
        wfQ.QamXp94Zi8cZw3UuDDWyW3_l2jFXGMx_rD5jNhKc7Jd_KnH3rCOLTu_9tdnt6osS0v3eAXCRwYyf5Hc3kMBROu-B6M4Xz4_s\#
        ou_HLH-GK5CDxJoI28I5Oktx-lee_tZf7MCtif4yimtL0E63v02kErnMagVD-3wcPdidb3yTW84AHsj9KZSHoSG4cxVNzC1DuUTp\#
        N0Mkm_yArTY5V8Tj9bIT7jkUMHAMaNsiAEwDl8-nv5QRGonCbZnO4Km4KqNKxN3R7jrJKWKrFr3fqwEcW05pJGc8zB91FC_iMluw\#
        cyXXUf9kdOjhO2Fw3ZCLZDLOSSNFrmN4VHKkHBhDIhLFaw
        """#

    static let es256 = #"""
        eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjLTEiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhZGEiLCJ0ZW5hbnRfaWQiOiJhY21lIiwic\#
        m9sZXMiOlsid3JpdGVyIl0sImlzcyI6Imh0dHBzOi8vaXNzdWVyLnRlc3QiLCJhdWQiOlsid29ya2ZvcmNlIiwib3RoZXIiXSwiZ\#
        XhwIjo0MTAyNDQ0ODAwfQ.r2pl1kQsAlvnTy3TN0HJe8eJJ5NRVh8WvKFM487K8zKK4KACWThXwGBUuT0uatH_i9k_F0f3fLsEEa\#
        ns-0RaPg
        """#

    static let rs512 = #"""
        eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYS0xIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEiLCJ0ZW5hbnRfaWQiOiJhY21lIiwi\#
        cm9sZXMiOlsid3JpdGVyIl0sImlzcyI6Imh0dHBzOi8vaXNzdWVyLnRlc3QiLCJhdWQiOlsid29ya2ZvcmNlIiwib3RoZXIiXSwi\#
        ZXhwIjo0MTAyNDQ0ODAwfQ.qJXGegbvUG1FXCsZ2F2uXW4jJYp8oFmUf0gUaAOmthIPFUi4JEh47EPAPQnmreCNkDdODHg1x5y0i\#
        LpHO0Y5BV2-L9QuaFfY1hHpHEfxKm0h8cNOoIfVHej8QX5sDZ72lT0xb1PqFQ4q2axbyr5FVk3N1wsa0saq1UdOHeMZjJWel-G9O\#
        XNumm7k5KRoGZepZiqehR67uev0MYXbgrD5kfvBIrDN4F36W1To-TQUBX8y-eK7ZUcvSz-svxkQLpi1Yqw_PDrUON35V1yPx4FC7\#
        nbbq0u6ZgZDVSVZXETCgU89haXLYjhIc2mGibVpsrWPgUsq3Ncj19JqrO0aOfnDEw
        """#

    static let ps256 = #"""
        eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYS0xIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEiLCJ0ZW5hbnRfaWQiOiJhY21lIiwi\#
        cm9sZXMiOlsid3JpdGVyIl0sImlzcyI6Imh0dHBzOi8vaXNzdWVyLnRlc3QiLCJhdWQiOlsid29ya2ZvcmNlIiwib3RoZXIiXSwi\#
        ZXhwIjo0MTAyNDQ0ODAwfQ.RkCocBkPF2qIPNeugw7x_Idw811BiYtPeEBEEdOQrxgRjmphtGiWOoY9LyVRcYi4P_RUyQdgqzYgi\#
        W0jB9qiquSkB1LKBKgRhPmTJzYfp9aqgxaD6x879nUJhe8vSgdCiCLtWBhPKpt2Ihzq1pbpjZol4Koy_-iSl6owyKVKBMa0EgeiX\#
        B8IRBMlz90o6kGm_gTfsycvLk-finOz2gUUoaCcTYGItILcrP9QPNczrKFMu4qHRNks9fyLB3jXzxIXihvWqkhp7qZqp3QZPSL3P\#
        JrqIrUf1gqDb85Gha6gxDr0e-9vkA399Edb4_fubWyt56-02W-O6aIdqryO7yAXuA
        """#

    static let es384 = #"""
        eyJhbGciOiJFUzM4NCIsImtpZCI6ImVjLTM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJ0ZW5hbnRfaWQiOiJhY21lIiw\#
        icm9sZXMiOlsid3JpdGVyIl0sImlzcyI6Imh0dHBzOi8vaXNzdWVyLnRlc3QiLCJhdWQiOlsid29ya2ZvcmNlIiwib3RoZXIiXSw\#
        iZXhwIjo0MTAyNDQ0ODAwfQ.lmnIJXx011U9Ohnzbx4gtGGaNQV8Ixb2SUadH4xa0UclrH9ztTtlFY3FOMNHdKj2t1AmfLuWhI5U\#
        cEtIMuRGosX5A6mjQlFp7RnKqXXeq6e6gGiWwHGedfZBFvmu6B5Y
        """#

    static let otherKey = #"""
        eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYS0xIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEiLCJ0ZW5hbnRfaWQiOiJhY21lIiwi\#
        cm9sZXMiOlsid3JpdGVyIl0sImlzcyI6Imh0dHBzOi8vaXNzdWVyLnRlc3QiLCJhdWQiOlsid29ya2ZvcmNlIiwib3RoZXIiXSwi\#
        ZXhwIjo0MTAyNDQ0ODAwfQ.EPbp9SePBmDAfTTUE-SeKeaB8MvdZap4edhN3r1E1s2Xj9Y5TbBA_EhMMVK4qZ1Wu8Q8tFKEWlbz8\#
        pv0BtOS3f8f6S3ZeOShqzExivvoebOW1JfhddtfnAqB9XtGHHpAnkcFn8xUeQnTG3NBJDq-vASb9bJqW1_a19pGQ1QRvYTtY5kMo\#
        f3WpwENRKSu_uxyDDYVoKATwOtfmkidaPwcBJKHFmwUQh1HzKuDhaBhrw5HNAVek88AC0ASasNsq74tQXtDbkao32FgoKqN6YMoY\#
        Dl5GW57ooccQqQhv0D8ig4Glru2T8E2JRRyEM939IauxrC-XdBcyUIQ_BS9i8ENWA
        """#

    static let unknownKeyID = #"""
        eyJhbGciOiJSUzI1NiIsImtpZCI6ImVuYy0xIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEiLCJ0ZW5hbnRfaWQiOiJhY21lIiwi\#
        cm9sZXMiOlsid3JpdGVyIl0sImlzcyI6Imh0dHBzOi8vaXNzdWVyLnRlc3QiLCJhdWQiOlsid29ya2ZvcmNlIiwib3RoZXIiXSwi\#
        ZXhwIjo0MTAyNDQ0ODAwfQ.i-VheoCYkuRCvG-gKxbMQgGubLChfyKx-tft28gszjfH7seQDR4MNfe4dthd7uHadiWyuP5-i1aZr\#
        m3T47yO1xD7RUC5RZqKksQvenu3DSdV2mJOW2oWBrzN-toFscxMcyavd-mBSs8UCwU_tgF4LvVwPXrMH2CG2cyHPIt2RbHAm77VH\#
        rjSlI_ztTmSBkBbg6DcA2W3OvycVcZnOF0UE52FdUvLqFYyMVHTswtdtLYmd0ot17Q5_saHX81LsMngPDaiKK9uulStvthDAoPYd\#
        0M5oSjs5p1XSAFtz617ZkyY4BLOSYkC19DlRT9GiavfrRv7UvmuPOlB3wubkpnNNQ
        """#

    static let publicKeyAsSecret = #"""
        eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAicnNhLTEifQ.eyJzdWIiOiAiYWRhIiwgInRlbmFudF9pZCI6I\#
        CJhY21lIiwgInJvbGVzIjogWyJ3cml0ZXIiXSwgImlzcyI6ICJodHRwczovL2lzc3Vlci50ZXN0IiwgImF1ZCI6IFsid29ya2Zvc\#
        mNlIiwgIm90aGVyIl0sICJleHAiOiA0MTAyNDQ0ODAwfQ.8lGmnxCk8AWrfHbOPdZbt50vRMuHlv3UPkEW_Y5S4Ko
        """#

    static let weakKeys = #"""
        {"keys":[{"kty":"RSA","n":"67KOLd2vNK9hTgnjCggjTJT5jyk5n0M3LUavMYKFl5rWz82T21MkKZFueZ8tKTychjVksWSHE\#
        Ozod-lOM78eTxzJHm9RfLiOvUZrpUvtfNdkL8f7ukXNl425ch5cN8GU9ArAbFpvREZZVa_VYPpbRhPU0PmaYMEVnlGohLM0T80",\#
        "e":"AQAB","kid":"weak"}]}
        """#

    static let privateKeys = #"""
        {"keys":[{"kty":"EC","crv":"P-256","x":"sCtwAV6_tHv_2BaKpVJxDMDP6EDjSU6a67cvQVMtnMk","y":"1irKHe3tVy\#
        CmN-2mDpy_C2XYnzmPXmKGqZQiFZ_KP6s","d":"FYwsfIM2h7lZ0C9_KuFOwkDZzu-orL9x5uShG8Vn30w","kid":"private"\#
        }]}
        """#

}
